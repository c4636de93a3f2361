"""The dependencies of compliance's routes."""

from typing import Annotated

from fastapi import Depends

from shared.database import Database
from shared.security import Viewer
from shared.web import admin_at, database_of, viewer_at

RoomDatabase = Annotated[Database, Depends(database_of("compliance"))]
SignedIn = Annotated[Viewer, Depends(viewer_at("compliance"))]
Admin = Annotated[Viewer, Depends(admin_at("compliance"))]
