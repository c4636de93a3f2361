"""Standards, audits and actions: their routes and pages."""

from services.compliance.web.audits import conducting, planning, shown, standards

ROUTERS = (standards.router, shown.router, conducting.router, planning.router)
