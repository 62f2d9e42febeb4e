package api

import "github.com/playheadhq/playhead/internal/query"

// The shapes of the JSON API are the values that package query returns; see there for their fields.
type (
	AssetHosts         = query.AssetHosts
	Link               = query.Link
	Person             = query.Person
	Tokens             = query.Tokens
	Trace              = query.Trace
	TraceDetail        = query.TraceDetail
	Generation         = query.Generation
	GenerationDetail   = query.GenerationDetail
	Content            = query.Content
	Message            = query.Message
	Raw                = query.Raw
	Node               = query.Node
	Feedback           = query.Feedback
	Replay             = query.Replay
	Session            = query.Session
	SessionDetail      = query.SessionDetail
	Window             = query.Window
	SessionGeneration  = query.SessionGeneration
	Activity           = query.Activity
	SessionActivity    = query.SessionActivity
	Timeline           = query.Timeline
	Status             = query.Status
	Project            = query.Project
	Refusal            = query.Refusal
	Server             = query.Server
	Warning            = query.Warning
	Table              = query.Table
	Facets             = query.Facets
	Fields             = query.Fields
	Conversation       = query.Conversation
	ConversationDetail = query.ConversationDetail
	Turn               = query.Turn
	Opinion            = query.Opinion
	PersonRow          = query.PersonRow
	ErrorGroup         = query.ErrorGroup
	Tool               = query.Tool
	Prompt             = query.Prompt
	Models             = query.Models
	Provider           = query.Provider
	Annotation         = query.Annotation
	Overview           = query.Overview
	Changed            = query.Changed
	Impact             = query.Impact
	View               = query.View
	Share              = query.Share
	Newest             = query.Newest
	Shared             = query.Shared
	DOM                = query.DOM
	DOMNode            = query.DOMNode
)

// List is a page of a list, Groups one of a list of groups.
type (
	List[T any]   = query.List[T]
	Groups[T any] = query.Groups[T]
)
