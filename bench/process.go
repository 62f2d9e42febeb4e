package main

import (
	"os"
	"strconv"
	"strings"
)

// process is a running process by its id, read through /proc. Values that cannot be read are 0.
type process int

// self is this process, the load generator.
func self() process { return process(os.Getpid()) }

// residentMB is the current memory of the process.
func (p process) residentMB() float64 { return p.statusMB("VmRSS:") }

// anonymousMB is the part of this memory that is the process's own, without pages of files.
func (p process) anonymousMB() float64 { return p.statusMB("RssAnon:") }

// peakMB is the largest memory of the process since its start, or since forgetPeak.
func (p process) peakMB() float64 { return p.statusMB("VmHWM:") }

// forgetPeak resets peakMB.
func (p process) forgetPeak() error {
	return os.WriteFile(p.path("clear_refs"), []byte("5"), 0o200)
}

// cpuSeconds is the processor time that the process has used, to a hundredth of a second.
func (p process) cpuSeconds() float64 {
	raw, _ := os.ReadFile(p.path("stat"))
	_, rest, _ := strings.Cut(string(raw), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(f[11], 64)
	system, _ := strconv.ParseFloat(f[12], 64)
	return (user + system) / 100
}

func (p process) statusMB(field string) float64 {
	raw, _ := os.ReadFile(p.path("status"))
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, field); ok {
			kB, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kB / 1024
		}
	}
	return 0
}

func (p process) path(file string) string { return "/proc/" + strconv.Itoa(int(p)) + "/" + file }
