package server

import "github.com/playheadhq/playhead/internal/query"

// Demo is what the demo can show, and Find is one part of it.
type (
	Demo = query.Demo
	Find = query.Find
)

// ShowDemo makes the UI show the demo's chat and the things that are worth seeing.
func (s *Server) ShowDemo(d Demo) { s.demo.Store(&d) }
