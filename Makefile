# The two commands: `make run` opens the sidebar, `make test` checks everything. Both set up what is missing, once.
# On Windows: packaging/windows/run.ps1.

SETUP := sh packaging/setup.sh
BIN := .venv/bin
PINS := pyproject.toml packaging/constraints.txt

.PHONY: help run test lint format bench bench-history soak eval score-redaction sbom screenshots clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "make %-15s %s\n", $$1, $$2 }'

run: .venv/.ready ## Set up what is missing and open the sidebar
	@test -f "$$(cat .venv/.model 2>/dev/null)" || $(SETUP) model
	@exec $(BIN)/python main.py

test: .venv/.ready-test lint ## Set up what is missing and run every check and test
	@models="$$($(SETUP) test-models)" && \
	  AGENT_ASSIST_MODELS="$$models" QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 --dist worksteal

lint: .venv/.ready-test ## Style, types and the walls between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@for fixtures in tests/*/conftest.py; do MYPYPATH=tests $(BIN)/mypy --no-warn-unused-ignores "$$fixtures" || exit 1; done
	$(BIN)/lint-imports

format: .venv/.ready-test ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.ready ## Measure this machine
	@test -f "$$(cat .venv/.model 2>/dev/null)" || $(SETUP) model
	@$(BIN)/agent-assist bench --json

bench-history: .venv/.ready ## Measure the history with 100,000 conversations, sealed and plain (KEEP=folder: use it again)
	@$(BIN)/python packaging/bench_history.py $(if $(KEEP),--keep "$(KEEP)")

soak: .venv/.ready-test ## Kill, fill, flip and cut the history by the hundred (ROUNDS=0.1: a tenth; SEED=n: again)
	@$(BIN)/python packaging/soak.py --rounds "$(or $(ROUNDS),1)" $(if $(SEED),--seed $(SEED))

eval: .venv/.ready-test ## Run every scorer, write docs/quality.md (ONLY=summary,replies: some; SHARED=folder of data and eval)
	@models="$$($(SETUP) test-models)" && \
	  AGENT_ASSIST_MODELS="$$models" $(BIN)/python packaging/eval.py --shared "$(or $(SHARED),../shared)" --only "$(ONLY)"

score-redaction: .venv/.ready-test ## Score redaction on the written set
	$(BIN)/python packaging/score_redaction.py --problems

sbom: .venv/.ready-test ## Write the bill of materials, dist/agent-assist.cdx.json
	$(BIN)/python packaging/sbom.py

screenshots: .venv/.ready ## Draw every page again for the documentation
	@models="$$($(BIN)/python -c 'from agent_assist.paths import find_places; print(find_places().models)')" && \
	  AGENT_ASSIST_MODELS="$$models" QT_QPA_PLATFORM=offscreen $(BIN)/python docs/screenshots.py

clean: ## Delete what was built here; models and history stay
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: $(PINS)
	@$(SETUP) run

.venv/.ready-test: $(PINS)
	@$(SETUP) test
