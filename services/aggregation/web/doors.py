"""The dependencies of aggregation's routes."""

from typing import Annotated

from fastapi import Depends

from shared.database import Database
from shared.security import Viewer
from shared.web import admin_at, database_of, viewer_at

RoomDatabase = Annotated[Database, Depends(database_of("aggregation"))]
SignedIn = Annotated[Viewer, Depends(viewer_at("aggregation"))]
Admin = Annotated[Viewer, Depends(admin_at("aggregation"))]
