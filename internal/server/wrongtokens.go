package server

import "github.com/playheadhq/playhead/internal/query"

// wrongTokens returns the requests refused because of their project token since the start, the latest first.
func (s *Server) wrongTokens() (all []query.WrongToken) {
	for _, one := range s.intake.Strangers() {
		all = append(all, query.WrongToken{
			Token: one.Token, Library: one.Library, Events: one.Events, Requests: one.Requests, FirstMS: one.FirstMS, LastMS: one.LastMS,
		})
	}
	return all
}
