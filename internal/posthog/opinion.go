package posthog

import (
	"strings"

	"github.com/playheadhq/playhead/internal/model"
)

// evaluation are the `$ai_…` properties of an evaluation's result.
type evaluation struct {
	name, result, applicable, reasoning, sentiment, sentimentScore []byte
}

func (f *evaluation) field(key []byte) *[]byte {
	switch string(key) {
	case "$ai_evaluation_name":
		return &f.name
	case "$ai_evaluation_result":
		return &f.result
	case "$ai_evaluation_applicable":
		return &f.applicable
	case "$ai_evaluation_reasoning":
		return &f.reasoning
	case "$ai_sentiment_label":
		return &f.sentiment
	case "$ai_sentiment_score":
		return &f.sentimentScore
	}
	return nil
}

// opinion fills in the fields of feedback, a metric or an evaluation, and the id of what it is about.
func (f *knownAI) opinion(e *model.Event) {
	e.ParentID = firstText(model.MaxID, f.target, f.parentID, f.spanID, f.generationID)
	score := f.metricValue
	switch e.Kind {
	case model.KindMetric:
		e.MetricName, e.MetricValue = scalar(f.metricName, model.MaxName), scalar(f.metricValue, model.MaxValue)
	case model.KindFeedback:
		score = f.feedback
		e.MetricValue = scalar(f.feedback, model.MaxValue)
	case model.KindEvaluation:
		score = firstGiven(f.evaluation.result, f.evaluation.sentimentScore)
		e.MetricName, e.MetricValue = scalar(f.evaluation.name, model.MaxName), firstText(model.MaxValue, f.evaluation.sentiment, f.evaluation.result)
		if falsehood(f.evaluation.applicable) {
			score, e.MetricValue = nil, "not applicable"
		}
	}
	e.Score, e.Scored = scoreOf(score)
}

// scoreOf reads a number; true and false are 1 and 0.
func scoreOf(v []byte) (float64, bool) {
	switch strings.ToLower(scalar(v, 8)) {
	case "true":
		return 1, true
	case "false":
		return 0, true
	}
	n, ok := number(v)
	if !ok || n > model.MaxScore || n < -model.MaxScore {
		return 0, false
	}
	return n, true
}
