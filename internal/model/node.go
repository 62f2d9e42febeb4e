package model

// Node is one server among those that use the same storage.
type Node struct {
	// ID is new at each start.
	ID string
	// Name is the host's, for people.
	Name      string
	Version   string
	StartedMS int64 // by its own clock
	// SeenMS is the time of its last heartbeat, by the storage's clock.
	SeenMS int64
	// ClockMS is how far its clock is ahead of the storage's; ClockErrorMS is the uncertainty.
	ClockMS      int64
	ClockErrorMS int64
	// Settings are fingerprints of the settings that must be equal on all nodes, by name.
	Settings map[string]string
}
