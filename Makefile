# Everything is set up on first use: the environment in .venv, the engine in the user's cache directory.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The engine's language plugin takes Python from PATH, so the environment comes first.
WITH_ENGINE = engine=$$($(BIN)/python tools/engine/install.py) && PATH="$(CURDIR)/$(BIN):$$engine:$$PATH"

.DEFAULT_GOAL := help
.PHONY: help demo test engines contract mutation up env check format lock site sbom audit schema previews bench chaos clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/make \1|\2/' | awk -F'|' '{printf "  %-12s %s\n", $$1, $$2}'

demo: $(READY) ## Show the main job on a local copy of the API: preview, up, no changes, a refused edit
	@$(WITH_ENGINE) $(BIN)/python tools/demo.py

test: $(READY) ## Run all tests
	@$(WITH_ENGINE) $(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

engines: $(READY) ## Run the tests that need the engine on the oldest and the newest one: make engines [ARGS='--release oldest']
	@$(BIN)/python tools/engines.py $(ARGS)

contract: $(READY) ## Let schemathesis and Prism judge emulator and client at length: make contract SEED=2
	@CONTRACT_EXAMPLES=300 CONTRACT_SEED=$(or $(SEED),1) $(BIN)/python -m pytest -n auto tests/contract $(ARGS)

mutation: $(READY) ## Change the pure core in one place at a time, and count what the tests find: make mutation ARGS='pulumi_audian.retry.*'
	@$(BIN)/python tools/mutation.py $(ARGS)

up: $(READY) ## Bring a stack's accounts up, against the configured API: make up STACK=name
	@test -n "$(STACK)" || { echo "make up: which stack? Run make up STACK=name for stacks/Pulumi.name.yaml" >&2; exit 2; }
	@test -f "stacks/Pulumi.$(STACK).yaml" || { echo "make up: there is no stacks/Pulumi.$(STACK).yaml; write it first, see README.md" >&2; exit 2; }
	@exports=$$($(BIN)/python tools/env.py) && eval "$$exports" && pulumi stack select --create "$(STACK)" && pulumi up --stack "$(STACK)"

env: $(READY) ## Print the exports for using pulumi by hand: eval "$(make -s env)"
	@$(BIN)/python tools/env.py

check: $(READY) ## Lint, format, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(READY) ## Format the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

lock: $(READY) ## Choose the versions of all dependencies anew
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.10 --generate-hashes --no-header --no-annotate \
		pyproject.toml emulator/pyproject.toml --extra cli --group dev --group docs --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.10 --generate-hashes --no-header --no-annotate \
		policy/requirements.in --output-file policy/requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.10 --generate-hashes --no-header --no-annotate \
		tools/sbom.in --output-file tools/sbom.lock

site: $(READY) ## Build the documentation as a website in dist/site (Python 3.11 or newer)
	@$(BIN)/python -m tools.docs.build

sbom: $(READY) ## Write dist/sbom.cdx.json: what the library and its command line bring, as CycloneDX
	@$(BIN)/python tools/sbom.py write dist/sbom.cdx.json

audit: $(READY) ## Ask PyPI's advisory service about every locked package
	@$(BIN)/python tools/sbom.py audit

bench: $(READY) ## Measure what accounts cost; write it to docs/performance.md: make bench ARGS="1 10 5000"
	@$(WITH_ENGINE) $(BIN)/python tests/bench/measure.py $(ARGS)

chaos: $(READY) ## Run accounts through thousands of seeded faults: make chaos [SEED=1] [BATCHES=18] [ACCOUNTS=60] [BATCH=7]
	@$(WITH_ENGINE) PYTHONPATH=tests/engine $(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED)) \
		$(if $(BATCHES),--batches $(BATCHES)) $(if $(ACCOUNTS),--accounts $(ACCOUNTS)) $(if $(BATCH),--batch $(BATCH)) $(ARGS)

schema: $(READY) ## Write the JSON Schemas: of stack files, of reports, and of the policy pack's settings
	@$(BIN)/python tools/schema.py
	@cd policy && ../$(BIN)/python -m audian_policy.schema > schema.json

previews: $(READY) ## Record the engine's previews that the report's tests read
	@$(WITH_ENGINE) PYTHONPATH=tests/engine $(BIN)/python tests/engine/previews.py

clean: ## Remove the environment and caches of this checkout
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .mutation .schemathesis

$(READY): requirements.lock tools/link_checkout.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up the environment in $(VENV) (a minute, once)" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock >&2
	@$(BIN)/python tools/link_checkout.py
	@touch $@
