"""The dependencies of compliance's routes."""

from typing import Annotated

from fastapi import Depends

from shared.database import Database
from shared.security import Viewer
from shared.web import admin_at, anyone_at, database_of, uesl_at, viewer_at

RoomDatabase = Annotated[Database, Depends(database_of("compliance"))]
SignedIn = Annotated[Viewer, Depends(viewer_at("compliance"))]
Uesl = Annotated[Viewer, Depends(uesl_at("compliance"))]
Admin = Annotated[Viewer, Depends(admin_at("compliance"))]
Anyone = Annotated[Viewer, Depends(anyone_at("compliance"))]
