package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/tidwall/gjson"
)

const (
	// watchedAnswers is how many answers each recorded session has: a million answers are in 50,000 sessions.
	watchedAnswers = 20
	// plantedFrom is the wait in seconds from which on users ask again more often, with a probability increased by planted.
	plantedFrom, planted = 5.0, 0.08
	// watchedPatience is how long after the last acknowledgement the experiences of all answers may take.
	watchedPatience = time.Hour
)

// measureImpact sends generations with the recordings in which their users wait for them, to the embedded storage and to one server over ClickHouse,
// and requests the impact report. Users of slow models ask again more often in any case, and waits of five seconds and more add to that: the report
// must find the planted effect.
func measureImpact(ctx context.Context, o options, r *report) error {
	o.over = askedOver
	data := fmt.Sprintf("%d generations of %d recorded sessions over 30 days; from %v s on, %v of 100 more answers are followed by the same question", o.events, o.events/watchedAnswers, plantedFrom, planted*100)
	var engines []*engine
	for _, open := range []func(context.Context, options) (*engine, error){embedded, clustered(1, 1, "ClickHouse")} {
		e, err := open(ctx, o)
		if err != nil {
			return err
		}
		defer func() { _ = e.close() }()
		before := e.serverSeconds()
		if err := fillWatched(ctx, o, e); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		took, err := watched(ctx, e.client, int64(o.events/watchedAnswers*watchedAnswers))
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		r.addOf(e.name, "from the last acknowledgement until all answers are known", took.Seconds(), "s", "", data)
		r.addOf(e.name, "processor time of everything", (e.serverSeconds()-before)/float64(o.events)*1000, "ms/generation", "", data)
		if err := e.rest(ctx); err != nil {
			return err
		}
		engines = append(engines, e)
	}
	check := func(raw []byte, answers int64) error {
		got := gjson.ParseBytes(raw)
		d := got.Get("worth.1.difference")
		if n := got.Get("answers").Int(); n != answers || d.Get("low").Float() > planted || d.Get("high").Float() < planted {
			return fmt.Errorf("%d answers, of which waits above 5 s add %s", n, d.Raw)
		}
		return nil
	}
	ranged := func(i int) string {
		return "from=" + url.QueryEscape(time.Now().Add(-askedOver-time.Hour-time.Duration(i)*time.Second).UTC().Format(time.RFC3339))
	}
	for _, q := range []analysis{
		{question{"impact of 30 days, by model", "500 at most", func(i int) string { return "/api/impact?by=model&" + ranged(i) }, check}, ""},
		{question{"impact of 30 days, by version of prompt", "500 at most", func(i int) string { return "/api/impact?by=prompt_version&" + ranged(i) }, check}, ""},
		{question{"the slowest answers", "", func(i int) string { return "/api/generations?limit=8&sort=-answer_wait&" + ranged(i) }, anyAnswer}, ""},
	} {
		if err := askInTurn(ctx, r, q, engines, o.questions(), int64(o.events/watchedAnswers*watchedAnswers), data); err != nil {
			return err
		}
	}
	return nil
}

// fillWatched sends sessions, each with a recording and its generations.
func fillWatched(ctx context.Context, o options, e *engine) error {
	sessions := o.events / watchedAnswers
	return atOnce(o.connections, func(connection int) error {
		random := rand.New(rand.NewPCG(uint64(connection), 24))
		for i := connection; i < sessions; i += o.connections {
			at := time.Now().Add(-time.Hour - time.Duration(float64(o.over)*float64(sessions-i)/float64(sessions)))
			recording, generations, err := watchedSession(random, at.UnixMilli())
			if err != nil {
				return err
			}
			if _, err := e.post(ctx, "/s/", "text/plain", recording); err != nil {
				return err
			}
			if _, err := e.post(ctx, "/batch/", "application/json", generations); err != nil {
				return err
			}
		}
		return nil
	})
}

// watched waits until the experiences of all answers are stored.
func watched(ctx context.Context, c *client, answers int64) (time.Duration, error) {
	for begun := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		status, raw, err := c.get(ctx, "/api/aggregate?of=generations&measure=count&q="+url.QueryEscape("answer_wait:*"))
		if err != nil {
			return 0, err
		}
		n := gjson.GetBytes(raw, "rows.0.0").Int()
		if n == answers {
			return time.Since(begun), nil
		}
		if time.Since(begun) > watchedPatience {
			return 0, fmt.Errorf("after %v it is known of %d of %d answers what was seen (%d)", watchedPatience, n, answers, status)
		}
	}
}

// object is a JSON object.
type object = map[string]any

// watchedSession is a chat in one tab, as posthog-js records it: questions, clicks that send them, and answers that appear when they are complete.
// Either its model is slow and its user asks again often, or neither.
func watchedSession(random *rand.Rand, beganMS int64) (recording, generations []byte, err error) {
	session, window, person, model := uuid.NewString(), uuid.NewString(), "user_"+uuid.NewString(), random.IntN(5)
	events := []object{
		{"type": 4, "timestamp": beganMS, "data": object{"href": "https://app.test/chat", "width": 1280, "height": 800}},
		{"type": 2, "timestamp": beganMS + 1, "data": object{"initialOffset": object{"left": 0, "top": 0}, "node": object{"type": 0, "id": 1, "childNodes": []object{
			element(2, "html", element(3, "head"), element(4, "body", element(5, "main"), element(6, "form", element(7, "textarea"), element(8, "button", text(9, "Send"))))),
		}}}},
	}
	var batch []object
	node, at, question, again := int64(10), beganMS+2000, "", false
	for i := range watchedAnswers {
		if !again {
			question = fmt.Sprintf("What about order %d of %s?", i, session[:8])
		}
		length := random.NormFloat64()
		wait := math.Exp(0.2 + 0.4*float64(model) + 0.25*length + 0.7*random.NormFloat64())
		waitMS := int64(wait * 1000)
		answer := fmt.Sprintf("Order %d was sent on day %d. It will arrive in %d days, with number %s.", i, random.IntN(30), random.IntN(9), uuid.NewString())
		events = append(events,
			object{"type": 3, "timestamp": at, "data": object{"source": 2, "type": 2, "id": 8, "x": 600, "y": 780}},
			added(at+5, node, "user", question), added(at+waitMS, node+2, "assistant", answer))
		end := at + waitMS - 100
		batch = append(batch, object{"event": "$ai_generation", "uuid": uuid.NewString(), "distinct_id": person, "timestamp": stamp(time.UnixMilli(end)), "properties": object{
			"$ai_trace_id": uuid.NewString(), "$session_id": session, "$window_id": window, "$ai_model": fmt.Sprint("model-", model), "$ai_provider": "openai",
			"$ai_prompt_name": "support", "$ai_prompt_version": fmt.Sprint(1 + random.IntN(3)), "$ai_latency": max(0.001, float64(waitMS-150)/1000), "$ai_input_tokens": 200,
			"$ai_output_tokens": int(math.Exp(5.5 + 0.9*length)), "$ai_input": []object{{"role": "user", "content": question}},
			"$ai_output_choices": []object{{"role": "assistant", "content": answer}},
		}})
		risk := 0.1 + 0.05*float64(model)
		if wait >= plantedFrom {
			risk += planted
		}
		again = random.Float64() < risk
		node, at = node+4, at+waitMS+8000
	}
	// A user who stays for a while after the last answer did not leave because of it.
	events = append(events, object{"type": 3, "timestamp": at + 60_000, "data": object{"source": 1, "positions": []object{{"x": 1, "y": 1, "id": 4, "timeOffset": 0}}}})
	if recording, err = json.Marshal([]object{{"event": "$snapshot", "uuid": uuid.NewString(), "timestamp": stamp(time.UnixMilli(at)), "properties": object{
		"token": token, "distinct_id": person, "$session_id": session, "$window_id": window, "$lib": "web", "$lib_version": "1.449.2", "$snapshot_data": events,
	}}}); err != nil {
		return nil, nil, err
	}
	generations, err = json.Marshal(object{"api_key": token, "batch": batch, "sent_at": stamp(time.Now())})
	return recording, generations, err
}

// element and text are nodes of a page as rrweb records them.
func element(id int64, tag string, children ...object) object {
	if children == nil {
		children = []object{}
	}
	return object{"type": 2, "id": id, "tagName": tag, "attributes": object{}, "childNodes": children}
}

func text(id int64, content string) object {
	return object{"type": 3, "id": id, "textContent": content}
}

// added is a message that appears at the end of the chat.
func added(at, id int64, role, content string) object {
	message := element(id, "div")
	message["attributes"] = object{"class": role}
	return object{"type": 3, "timestamp": at, "data": object{"source": 0, "texts": []object{}, "attributes": []object{}, "removes": []object{}, "adds": []object{
		{"parentId": 5, "nextId": nil, "node": message}, {"parentId": id, "nextId": nil, "node": text(id+1, content)},
	}}}
}
