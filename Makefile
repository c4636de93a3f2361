# Installation from the lock: any Python >= 3.11, nothing else. `bootstrap.lock` pins uv itself.
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BOOTSTRAP := .venv-bootstrap

# The first Python that is recent enough.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$python; break; }; done)
UV ?= $(shell command -v uv 2>/dev/null || echo $(BOOTSTRAP)/bin/uv)

.PHONY: help install demo test check soak bench contracts format
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

install: $(INSTALLED) ## Install from the hash lock into .venv (done by every other command)

# What `pip install -e .` would do, without a build backend to download.
$(INSTALLED): requirements.lock bootstrap.lock | $(UV)
	@test -n "$(PYTHON)" || { echo "Python 3.11 ou plus récent est nécessaire (python3 introuvable ou trop ancien)." >&2; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -c '' 2>/dev/null || UV_PYTHON_DOWNLOADS=never $(UV) venv --quiet --clear --python "$(PYTHON)" $(VENV)
	UV_PYTHON_DOWNLOADS=never $(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@$(BIN)/python -c 'import sysconfig, pathlib; pathlib.Path(sysconfig.get_path("purelib"), "pilotage.pth").write_text("$(CURDIR)\n")'
	@printf '#!/bin/sh\n\047\047\047exec\047 "$$(dirname "$$0")/python" "$$0" "$$@"\n\047 \047\047\047\nimport sys\n\nfrom services.cli.main import main\n\nsys.exit(main())\n' > $(BIN)/pilotage
	@chmod +x $(BIN)/pilotage
	@touch $@

$(BOOTSTRAP)/bin/uv: bootstrap.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 ou plus récent est nécessaire (python3 introuvable ou trop ancien)." >&2; exit 1; }
	"$(PYTHON)" -m venv --clear $(BOOTSTRAP)
	$(BOOTSTRAP)/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r bootstrap.lock
	@touch $@

demo: install ## Start everything here and let a network report two years of work (ARGS="…")
	@$(BIN)/pilotage demo $(ARGS)

test: install ## Every test, on a real Kafka and a real PostgreSQL
	$(BIN)/python -m pytest $(ARGS)

check: install ## ruff, mypy, import contracts, event contracts, fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pilotage contracts
	$(BIN)/python -m pytest -q -m "not infra and not slow and not browser"

soak: install ## 10,000 ill-made files, bombs and cut uploads against a running house (ARGS="--seed N --only bombs")
	$(BIN)/python -m tests.soak $(ARGS)
	@test -n "$(ARGS)" || $(BIN)/python -m tests.soak.schemas
	@test -n "$(ARGS)" || $(BIN)/python -m tests.soak.lives

bench: install ## Measure, and write docs/benchmarks.md
	$(BIN)/python -m tests.bench $(ARGS)

contracts: install ## Write the contracts (OpenAPI, AsyncAPI, event schemas) as the code now says them
	@$(BIN)/pilotage contracts --write

format: install ## Put the code in its layout
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
