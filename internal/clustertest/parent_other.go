//go:build !linux

package clustertest

import "os/exec"

// endWithParent does nothing: package chtest has no ClickHouse for this system, so no node is started.
func endWithParent(*exec.Cmd) {}
