package model

// Node is one server among those that use the same storage.
type Node struct {
	// ID is made at each start.
	ID string
	// Name is the host's, for people.
	Name      string
	Version   string
	StartedMS int64 // by its own clock
	// SeenMS is when it last reported itself, by the storage's clock.
	SeenMS int64
	// ClockMS is how far its clock is ahead of the storage's, ClockErrorMS how wrong that may be.
	ClockMS      int64
	ClockErrorMS int64
	// Settings are fingerprints of those settings that all nodes must have alike, by their names.
	Settings map[string]string
}
