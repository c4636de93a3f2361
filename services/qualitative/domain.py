"""What is true of the annual material; its calculations come with its forms."""
