# Innsight: `make run` serves the app, `make test` runs every test. Nothing else is needed to start.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501

.PHONY: run demo test soak lint shots browser clean

run: .venv/app demo
	$(BIN)/streamlit run app.py --server.port $(PORT)

demo: .venv/app
	$(BIN)/python -m crm_core demo --if-missing

test: .venv/dev browser
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder -m "not soak"

soak: .venv/dev browser
	SOAK_ROUNDS=200 $(BIN)/python -m pytest

# The pictures in README, made by the browser tests from the full demo.
shots: .venv/dev browser
	INNSIGHT_SHOTS=1 $(BIN)/python -m pytest tests/browser -k pictures

browser:
	@sh tests/browser/install.sh

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Innsight needs Python 3.11 or newer: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing: on Debian, apt-get install python3-venv"; exit 1; }

.venv/app: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: requirements.txt requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch .venv/app $@
