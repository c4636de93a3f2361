"""The dependencies of aggregation's routes."""

from typing import Annotated

from fastapi import Depends

from shared.database import Database
from shared.security import Viewer
from shared.web import database_of, uesl_at, viewer_at

RoomDatabase = Annotated[Database, Depends(database_of("aggregation"))]
SignedIn = Annotated[Viewer, Depends(viewer_at("aggregation"))]
Uesl = Annotated[Viewer, Depends(uesl_at("aggregation"))]
