"""Standards, audits and actions: their routes and pages."""

from services.compliance.web.audits import across, conducting, planning, shown, standards

ROUTERS = (standards.router, shown.router, conducting.router, planning.router, across.router)
