# kubectl fleet. `make` alone lists what there is to make.
SHELL := /bin/sh
SWIFT ?= swift
PREFIX ?= /usr/local
PROGRAMS := kubectl-fleet fleet-hub fleet-pre-receive fleet-post-receive fleet-status-receive fleet-sync \
  fleet-check-schema fleet-gate-prometheus fleet-notify-slack fleet-notify-pagerduty fleet-notify-webhook
RELEASE := .build/release

.DEFAULT_GOAL := help
.PHONY: help demo test build check format bench deps deps-test generated install clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: deps build ## install what is missing, build, and run the main job on 2,500 shops
	@sh Tests/demo/demo.sh $(RELEASE)

test: deps-test ## run every test, from units to real servers
	@sh .ci/test.sh $(SWIFT)

build: deps ## build the programs into .build/release, Swift linked statically
	@for p in $(PROGRAMS); do $(SWIFT) build -c release --static-swift-stdlib --product $$p || exit 1; done

check: ## lint the sources, prove the directions of imports, lint the shell scripts
	@sh .ci/check-imports.sh
	@$(SWIFT) format lint --strict --parallel --configuration .swift-format -r Package.swift Sources Tests
	@sh .ci/check-shell.sh
	@echo "check: all good"

format: ## format the sources
	$(SWIFT) format -i --parallel --configuration .swift-format -r Package.swift Sources Tests

generated: ## write the embedded templates and the generated docs anew
	@sh .ci/embed-templates.sh

bench: build ## measure, each figure beside a floor from the same run
	@$(SWIFT) build -c release --static-swift-stdlib --product fleet-bench
	@sh Tests/bench/bench.sh $(RELEASE)
	@sh Tests/bench/rollout.sh $(RELEASE)
	@sh Tests/bench/hub-year.sh $(RELEASE)
	@sh Tests/bench/edge.sh $(RELEASE)

deps: ## install what the build needs (Debian: apt; elsewhere it says what)
	@sh .ci/deps.sh build

deps-test: deps ## install what the tests need
	@sh .ci/deps.sh test

install: build ## install the programs into PREFIX/bin (default /usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin
	for p in $(PROGRAMS); do install -s -m 755 $(RELEASE)/$$p $(DESTDIR)$(PREFIX)/bin/ || exit 1; done
	install -m 755 plugins/kubectl_complete-fleet $(DESTDIR)$(PREFIX)/bin/

clean: ## remove what was built
	rm -rf .build
