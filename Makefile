# Everything is set up in .venv, without root; what is already there is not done again.
# 一切安装在 .venv 中，不需要 root 权限；已完成的步骤不会重做。
#
# PYTHON=python3.12   the interpreter that .venv is made with
# PIP_ARGS=...        more options for pip, for example --no-index --find-links=DIR on a machine without network
# RUN_ARGS, TEST_ARGS, BENCH_ARGS   more arguments for guibiao run, pytest, the benchmarks

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check bench messages wheelhouse docs lock clean

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --only-binary=:all: --require-hashes $(PIP_ARGS)
CANDIDATES := $(if $(PYTHON),"$(PYTHON)",python3 python3.13 python3.12 python3.11)
ENGLISH := src/guibiao/locale/en/LC_MESSAGES/guibiao
SUITABLE := import sys; sys.exit(sys.version_info < (3, 11))

# Every process of a run or a test reads hundreds of modules: compiled ones are kept, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

help: ## list the targets 列出目标
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: .venv/.run ## set up, then write the report to out/ 安装并生成报告
	@$(BIN)/guibiao run $(RUN_ARGS)

test: .venv/.dev ## set up, then run the tests with coverage 安装并运行测试
	@$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal --cov --cov-report=term $(TEST_ARGS)

check: .venv/.dev ## style, types, contracts, workspace, docs 检查代码、类型、依赖约束、工作区和文档
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/guibiao check
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: .venv/.dev ## time the pipeline on ten million observations 性能测试
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

docs: .venv/.dev ## build the documentation into site/ 生成文档
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

messages: .venv/.dev ## collect the messages, then compile their English 收集消息并编译英文译文
	@set -e; template=$$(mktemp); trap 'rm -f "$$template"' EXIT; \
	$(BIN)/pybabel --quiet extract --keyword=translate --no-location --sort-output --output="$$template" src/guibiao; \
	$(BIN)/pybabel --quiet update --locale=en --input-file="$$template" --output-file=$(ENGLISH).po \
		--ignore-obsolete --ignore-pot-creation-date --no-fuzzy-matching --no-wrap; \
	$(BIN)/pybabel compile --statistics --locale=en --input-file=$(ENGLISH).po --output-file=$(ENGLISH).mo

wheelhouse: .venv/.run ## pack an offline installation into dist/wheelhouse 打包离线安装
	@rm -rf dist/wheelhouse
	@mkdir -p dist/wheelhouse
	@$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist/wheelhouse .
	@$(PIP) download --only-binary=:all: --require-hashes $(PIP_ARGS) --dest dist/wheelhouse -r requirements/run.txt
	@cp requirements/run.txt dist/wheelhouse/requirements.txt
	@cp requirements/OFFLINE.md dist/wheelhouse/INSTALL.md
	@$(BIN)/python -c 'import platform as p; print("Python", p.python_version(), p.system(), p.machine())' \
		> dist/wheelhouse/PLATFORM
	@du -sh dist/wheelhouse

lock: ## resolve the locks anew (LOCK_ARGS=--upgrade takes newer versions) 重新生成依赖锁
	@set -e; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	$(call find_python); \
	"$$python" -m venv "$$folder"; \
	"$$folder/bin/python" -m pip --disable-pip-version-check --quiet install $(PIP_ARGS) uv; \
	compile() { "$$folder/bin/uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate $(LOCK_ARGS) --extra build --extra series --extra web "$$@"; }; \
	compile -o requirements/run.txt; \
	compile -c requirements/run.txt --extra jdemetra --extra postgres --extra docs --extra dev -o requirements/dev.txt; \
	echo 'psycopg[binary]' | "$$folder/bin/uv" pip compile - --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate -c requirements/dev.txt -o requirements/postgres.txt

clean: ## remove caches and what was built; .venv and out/ stay 清除缓存和构建结果，保留 .venv 和 out/
	@rm -rf dist site .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# Stamps. Each pip run is one stamp, and they follow one another: make -j never runs two in one .venv.

define find_python
python=; for candidate in $(CANDIDATES); do \
	if "$$candidate" -c '$(SUITABLE)' 2>/dev/null; then python=$$candidate; break; fi; \
done; \
if [ -z "$$python" ]; then \
	echo '需要 Python 3.11 或更高版本；在以下命令中没有找到：$(CANDIDATES)。'; \
	echo 'Python 3.11 or later is needed; none found among: $(CANDIDATES).'; \
	echo '  Debian, Ubuntu: apt install python3 python3-venv'; \
	echo '  make run PYTHON=/path/to/python3.12'; \
	exit 1; \
fi; \
if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	echo "$$python 缺少 venv 模块，无法建立 .venv。"; \
	echo "$$python has no venv module, so .venv cannot be made."; \
	echo '  Debian, Ubuntu: apt install python3-venv'; \
	echo '  make run PYTHON=/path/to/another/python3'; \
	exit 1; \
fi
endef

.venv/.python:
	@set -e; $(call find_python); \
	echo "正在建立 .venv（$$python）… making .venv"; \
	"$$python" -m venv .venv
	@touch $@

.venv/.packages: requirements/run.txt .venv/.python
	@echo '正在安装依赖（仅首次，约 300 MB）… installing dependencies, once, about 300 MB'
	@$(INSTALL) -r requirements/run.txt
	@touch $@

.venv/.run: pyproject.toml .venv/.packages
	@$(PIP) install --no-deps --no-build-isolation $(PIP_ARGS) --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@echo '正在安装测试工具… installing the tools for tests'
	@$(INSTALL) -r requirements/dev.txt
	@touch $@
