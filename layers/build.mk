# Shared by the layers' Makefiles. ARTIFACTS_DIR is given by `sam build`, which runs them where they stand (build_in_source).
UV ?= uv
PYTHON ?= python3.13
TARGET = $(ARTIFACTS_DIR)/python

# Lambda's disk is read-only and zipped dates mean nothing, so bytecode is made here, unchecked; importing costs half as much.
COMPILE = $(PYTHON) -m compileall -q --invalidation-mode unchecked-hash -j 0 $(TARGET)
