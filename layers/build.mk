# Shared by the layers' Makefiles. ARTIFACTS_DIR is given by `sam build`, which runs them where they stand (build_in_source).
UV ?= uv
PYTHON ?= python3.13
# As the parameter Architecture of the deployment: `ARCHITECTURE=x86_64 sam build --parameter-overrides Architecture=x86_64`.
ARCHITECTURE ?= arm64
TARGET = $(ARTIFACTS_DIR)/python

PLATFORM_arm64 = aarch64-manylinux_2_28
PLATFORM_x86_64 = x86_64-manylinux_2_28
PLATFORM = $(or $(PLATFORM_$(ARCHITECTURE)),$(error ARCHITECTURE is arm64 or x86_64, not $(ARCHITECTURE)))

# What uv.lock pins of the groups and packages that $(1) chooses, for the functions' own processor and Python, less what none reads.
define install
	cd ../.. && $(UV) export --quiet --frozen --no-emit-project --format requirements-txt $(1) -o $(ARTIFACTS_DIR)/requirements.txt
	$(UV) pip install --quiet --no-deps --target $(TARGET) --python-version 3.13 --python-platform $(PLATFORM) \
		--only-binary :all: --require-hashes -r $(ARTIFACTS_DIR)/requirements.txt
	rm -rf $(ARTIFACTS_DIR)/requirements.txt $(TARGET)/.lock
	$(PYTHON) ../dependencies/trim.py $(TARGET)
endef

# What makes files, and nothing else needs: the layer `documents` holds it.
DOCUMENTS = reportlab factur-x lxml pypdf iso4217

# Lambda's disk is read-only and zipped dates mean nothing, so bytecode is made here, unchecked; importing costs half as much.
COMPILE = $(PYTHON) -m compileall -q --invalidation-mode unchecked-hash -j 0 $(TARGET)
