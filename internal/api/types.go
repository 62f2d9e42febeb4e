package api

import "github.com/playheadhq/playhead/internal/query"

// The shapes of the JSON API are the values that package query returns; see there for their fields.
type (
	Link              = query.Link
	Person            = query.Person
	Tokens            = query.Tokens
	Trace             = query.Trace
	TraceDetail       = query.TraceDetail
	Generation        = query.Generation
	GenerationDetail  = query.GenerationDetail
	Content           = query.Content
	Message           = query.Message
	Raw               = query.Raw
	Node              = query.Node
	Feedback          = query.Feedback
	Replay            = query.Replay
	Session           = query.Session
	SessionDetail     = query.SessionDetail
	Window            = query.Window
	SessionGeneration = query.SessionGeneration
	Activity          = query.Activity
	Status            = query.Status
	Project           = query.Project
	Refusal           = query.Refusal
	Server            = query.Server
	Warning           = query.Warning
	Table             = query.Table
	Facets            = query.Facets
	Fields            = query.Fields
	Models            = query.Models
)

// List is a page of a list.
type List[T any] = query.List[T]
