package impact

// Timing is what is known of a wait, in seconds. Sent, Queue and Arrived are negative where they are not known.
type Timing struct {
	// Wait is from asking to the first words. Before is from asking to the start of the call that has them, and Model from there to its first token or,
	// if it was not streamed, its end.
	Wait, Before, Model float64
	// Sent is from asking until the page sent its request, and Arrived until the browser got what the page drew, both by the browser alone. Queue is how
	// long the backend had the request before the call began, by the backend alone.
	Sent, Queue, Arrived float64
}

// Kinds of parts. Where two of them cannot be told apart, one part has the name of both.
const (
	PartBeforeCall          = "before_call" // page, network and queue
	PartPage                = "page"
	PartNetworkAndQueue     = "network_and_queue"
	PartNetworkThere        = "network_there"
	PartQueue               = "queue"
	PartModel               = "model"
	PartNetworkAndRendering = "network_and_rendering"
	PartNetworkBack         = "network_back"
	PartRendering           = "rendering"
)

// WaitPart is a part of a wait.
type WaitPart struct {
	Kind         string  `json:"kind" enum:"before_call,page,network_and_queue,network_there,queue,model,network_and_rendering,network_back,rendering" doc:"before_call: page, network and queue, which cannot be told apart. page: from asking until the page sent its request. network_there: from then until the backend had it. queue: from then until the call began. model: until its first token, or its end if it was not streamed. network_back: from then until the browser had it. rendering: until the words were on the screen. A name with and: both"`
	S            float64 `json:"s" doc:"seconds; below 0 if the clocks were estimated wrongly"`
	AcrossClocks bool    `json:"across_clocks" doc:"it begins by the clock of the browser or the backend and ends by the other one, so it can be wrong by clock_uncertainty_ms of the link"`
}

// Parts splits a wait as far as it is known. The sum of the parts is the wait.
func Parts(t Timing) (all []WaitPart) {
	add := func(kind string, s float64, acrossClocks bool) { all = append(all, WaitPart{kind, s, acrossClocks}) }
	switch {
	case t.Sent < 0:
		add(PartBeforeCall, t.Before, true)
	case t.Queue < 0:
		add(PartPage, t.Sent, false)
		add(PartNetworkAndQueue, t.Before-t.Sent, true)
	default:
		add(PartPage, t.Sent, false)
		add(PartNetworkThere, t.Before-t.Sent-t.Queue, true)
		add(PartQueue, t.Queue, false)
	}
	add(PartModel, t.Model, false)
	if t.Arrived < 0 {
		add(PartNetworkAndRendering, t.Wait-t.Before-t.Model, true)
	} else {
		add(PartNetworkBack, t.Arrived-t.Before-t.Model, true)
		add(PartRendering, t.Wait-t.Arrived, false)
	}
	return all
}
