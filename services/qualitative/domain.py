"""What is true of the annual material: how long cases are kept; its calculations come with its forms."""

from datetime import date


def last_case_year_over(day: date) -> int:
    """The newest year whose cases must be gone by the end of `day`: on 31 December, those of the year before."""
    return day.year - 1 if (day.month, day.day) == (12, 31) else day.year - 2
