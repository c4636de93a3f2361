"""One layout for the pages of all rooms, and the mails that look like them."""

from shared.pages.mail import Mail, render_mail
from shared.pages.pages import Pages, mount_static
from shared.pages.security import MAIL_POLICY, SecureHeaders, same_origin, wants_page
from shared.pages.words import NAVIGATION, FieldError, Flash, Link, NavigationLink, Paging

__all__ = [
    "MAIL_POLICY",
    "NAVIGATION",
    "FieldError",
    "Flash",
    "Link",
    "Mail",
    "NavigationLink",
    "Pages",
    "Paging",
    "SecureHeaders",
    "mount_static",
    "render_mail",
    "same_origin",
    "wants_page",
]
