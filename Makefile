PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
PODS ?=
HOW = $(if $(PODS), --pods $(PODS))
PLATFORMS := tests/roundtrip tests/drift tests/sweep

.PHONY: sandbox first test test-platforms test-parts slow sweep bench lint docs down charts image images

sandbox: $(READY)  ## an Airflow that runs, on the embedded AWS and Kubernetes; with PODS=kwok, or where it cannot run, a platform whose pods are played
	@$(BIN)/python -m sandbox ready$(HOW) || [ $$? -ne 3 ] || $(MAKE) --no-print-directory first
	$(BIN)/python -m sandbox up$(HOW)
	$(BIN)/pyinfra -y inventories/sandbox.py deploys/install.py
	$(BIN)/pyinfra -y inventories/sandbox.py deploys/verify.py
	@$(BIN)/python -m sandbox ui

first: $(READY)  # what will be made, shown before the minutes in which what makes it is built: a plan against an account without Kubernetes; in a log its sum alone
	@$(BIN)/python -m sandbox up --no-kubernetes
	@$(BIN)/pyinfra $$([ -t 1 ] || echo -y) --dry inventories/sandbox.py deploys/install.py
	@$(BIN)/python -m sandbox down

down: $(READY)  ## end the sandbox and everything in it
	$(BIN)/python -m sandbox down

charts: $(READY)  ## the pinned upstream charts, mirrored: make charts TO=<directory or oci://registry>
	$(BIN)/python -m deploys.charts $(TO)

image: $(READY)  ## Airflow's image with a team's packages, built and pushed: make image INVENTORY=inventories/<x>.py
	$(BIN)/python -m deploys.image $(INVENTORY)

images: $(READY)  ## the images of charts and jobs, listed, or copied into a registry: make images TO=<registry/prefix>
	$(BIN)/python -m deploys.images $(TO)

test: $(READY) lint  ## the tests, 15 minutes at most once the control plane's programs are built; in two processes, whose output comes as each ends
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target test-platforms test-parts

test-platforms: $(READY)
	$(BIN)/python -m pytest $(PLATFORMS) -m "not slow"

test-parts: $(READY)
	$(BIN)/python -m pytest tests $(PLATFORMS:%=--ignore=%) -m "not slow"

slow: $(READY)  ## the sweeps and matrices
	$(BIN)/python -m sandbox.programs
	$(BIN)/python -m pytest tests -m slow

sweep: $(READY)  ## every call and command of install and cleanup made to fail, each in every way; an hour, writes docs/reliability.md
	$(BIN)/python -m sandbox.programs
	$(BIN)/python tests/sweep --write

docs: $(READY)  ## the documentation as a site, in build/site
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs build/site

bench: $(READY)  ## the benchmarks, an hour and a half; tables on the terminal, JSON in build/benchmarks
	$(BIN)/python -m sandbox.programs
	$(BIN)/python -m benchmarks all

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

test test-platforms test-parts slow sweep bench: export PYTHONDONTWRITEBYTECODE =  # they start hundreds of processes

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --editable '.[sandbox,test]'
	touch $@
