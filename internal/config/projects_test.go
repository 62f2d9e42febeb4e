package config

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestProjects(t *testing.T) {
	const shop = "projects:\n- name: shop\n  tokens: [phc_shop, phc_old]\n  retention_days: 7\n- {name: help-desk, tokens: phc_help}\n"
	generated := Project{Name: "default"}
	for name, test := range map[string]struct {
		file    string
		environ []string
		args    []string
		want    []Project
		days    int
	}{
		"none: one project whose token the server makes": {want: []Project{generated}},
		"token and tokens are the default project's, each once": {
			environ: []string{"PLAYHEAD_TOKEN=a"}, args: []string{"--tokens", "b,a,b"},
			want: []Project{{Name: "default", Tokens: []string{"a", "b"}}},
		},
		"a list alone": {file: shop, want: []Project{{"shop", []string{"phc_shop", "phc_old"}, 7}, {"help-desk", []string{"phc_help"}, 0}}},
		"a list beside a token: the default project comes first": {
			file: shop, environ: []string{"PLAYHEAD_TOKEN=phc_mine"},
			want: []Project{{"default", []string{"phc_mine"}, 0}, {"shop", []string{"phc_shop", "phc_old"}, 7}, {"help-desk", []string{"phc_help"}, 0}},
		},
		"a list with the default project in it gives it what token says, at its place in the list": {
			file: "projects: [{name: shop, tokens: [s]}, {name: default, tokens: [d, phc_mine], retention_days: 5}]", environ: []string{"PLAYHEAD_TOKEN=phc_mine"},
			want: []Project{{"shop", []string{"s"}, 0}, {"default", []string{"phc_mine", "d"}, 5}},
		},
		"a default project without a token gets one as ever": {
			file: "projects: [{name: default, retention_days: 5}]", want: []Project{{"default", nil, 5}}, days: 5,
		},
		"retention is for projects that do not say: what is kept longest counts for all of them": {
			file: shop + "retention: 30d\n", want: []Project{{"shop", []string{"phc_shop", "phc_old"}, 7}, {"help-desk", []string{"phc_help"}, 30}}, days: 30,
		},
		"0 keeps everything, whatever retention says": {
			file: "projects: [{name: shop, tokens: [s], retention_days: 0}]\nretention: 30d\n", want: []Project{{"shop", []string{"s"}, 0}},
		},
		"the environment": {
			environ: []string{`PLAYHEAD_PROJECTS=[{"name":"shop","tokens":["phc_s"],"retention_days":3}]`}, want: []Project{{"shop", []string{"phc_s"}, 3}}, days: 3,
		},
		"a flag, which wins over the file": {
			file: shop, args: []string{"--projects", "[{name: other, tokens: [phc_o]}]"}, want: []Project{{"other", []string{"phc_o"}, 0}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, _, err := load(t, test.file, test.environ, append([]string{"--config", "p.yaml"}, test.args...)...)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.AllProjects(); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
			if c.RetentionDays() != test.days {
				t.Errorf("everything is kept %d days, want %d", c.RetentionDays(), test.days)
			}
		})
	}
}

func TestEveryProblemOfProjectsIsReportedAtOnceWithItsLine(t *testing.T) {
	file := `token: phc_shop
projects:
- name: Shop
  tokens: [phc_shop, "b d"]
- name: shop
  token: phc_two
- name: shop
  tokens: [phc_shop]
  retention_days: 90d
- tokens: [phc_three]
- surplus
- name: none
- name: many
  tokens: []
  retention_days: 4000
  colour: red
`
	_, _, err := load(t, file, nil, "--config", "p.yaml")
	wantProblems(t, err,
		`p.yaml:3: projects[0].name: "Shop" is not a name`,
		`p.yaml:4: projects[0].tokens: "b d" is not a token`,
		`p.yaml:6: projects[1].token: no such setting; did you mean tokens?`,
		`p.yaml:5: projects[1]: a project needs at least one token`,
		`p.yaml:7: projects[2]: there is another project named "shop"`,
		`p.yaml:7: projects[2].tokens: the token "phc_shop" is one of project Shop already`,
		`p.yaml:9: projects[2].retention_days: "90d" is not a valid number of days`,
		`p.yaml:10: projects[3]: a project needs a name`,
		`p.yaml:11: projects[4]: not a project`,
		`p.yaml:12: projects[5]: a project needs at least one token`,
		`p.yaml:14: projects[6].tokens: a project needs at least one token`,
		`p.yaml:15: projects[6].retention_days: "4000" is not a valid number of days`,
		`p.yaml:16: projects[6].colour: no such setting; a project has name, tokens and retention_days`,
		`p.yaml:1: token: the token "phc_shop" is one of project Shop already`,
	)
}

func TestWhatIsNoListOfProjects(t *testing.T) {
	for text, want := range map[string]string{
		"shop":                    "PLAYHEAD_PROJECTS: not a list of projects",
		"[":                       "PLAYHEAD_PROJECTS: not a list of projects",
		"{name: shop}":            "PLAYHEAD_PROJECTS: not a list of projects",
		"[]":                      "PLAYHEAD_PROJECTS: the list is empty",
		"[{name: a b}]":           `PLAYHEAD_PROJECTS: projects[0].name: "a b" is not a name`,
		"[{name: {}}]":            "PLAYHEAD_PROJECTS: projects[0].name: expected a value",
		"[{name: a, tokens: }]":   "PLAYHEAD_PROJECTS: projects[0].tokens: the value is missing",
		"[{name: -a, tokens: b}]": `"-a" is not a name`,
	} {
		_, _, err := load(t, "", []string{"PLAYHEAD_PROJECTS=" + text})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A node that makes its own token refuses events that other nodes accept. A node that was given projects with tokens needs no other token.
func TestANodeOfAClusterNeedsProjectsOrAToken(t *testing.T) {
	store := "PLAYHEAD_STORE=clickhouse://u@h/d"
	if _, _, err := load(t, "", []string{store, "PLAYHEAD_PROJECTS=[{name: shop, tokens: [s]}]"}); err != nil {
		t.Error(err)
	}
	for _, projects := range []string{"", "PLAYHEAD_PROJECTS=[{name: default, retention_days: 3}]"} {
		if _, _, err := load(t, "", []string{store, projects}); err == nil || !strings.Contains(err.Error(), "a token is needed") {
			t.Errorf("%s: %v", projects, err)
		}
	}
	c := Default()
	c.Retention = Duration(48 * time.Hour)
	if c.RetentionDays() != 2 {
		t.Errorf("%d days", c.RetentionDays())
	}
}
