"""Ingestion owns submissions, their files, versions, verdicts, receipts and their doors: HTTP, web page, SFTP.

It hears registry, calendar, forms, restitutions, syntheses; it says `SubmissionAccepted`, `CasesReported`,
`SubmissionRejected`, `WarningsExplained`.
"""
