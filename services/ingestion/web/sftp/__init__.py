"""The SFTP door: key authentication, a virtual tree per platform, verdicts laid beside the files."""
