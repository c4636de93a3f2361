"""Standards, audits and actions: their routes and pages."""

from services.compliance.web.audits import standards

ROUTERS = (standards.router,)
