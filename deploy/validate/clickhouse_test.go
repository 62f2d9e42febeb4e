package validate

import (
	"net/url"
	"strings"
	"testing"
)

// The ClickHouse for which the files are made reads them, and their settings have the described effects.
func TestClickHouseFiles(t *testing.T) {
	w := storages(t)
	for i := range 2 {
		for statement, want := range map[string]string{
			"SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'":                                                                      "2147483648",
			"SELECT value FROM system.server_settings WHERE name = 'mark_cache_size'":                                                                              "268435456",
			"SELECT value FROM system.server_settings WHERE name = 'background_pool_size'":                                                                         "4",
			"SELECT value FROM system.merge_tree_settings WHERE name = 'number_of_free_entries_in_pool_to_execute_mutation'":                                       "4",
			"SELECT count(DISTINCT shard_num) FROM system.clusters WHERE cluster = 'playhead'":                                                                     "2",
			"SELECT value FROM system.settings_profile_elements WHERE profile_name = 'playhead' AND setting_name = 'max_memory_usage'":                             "1073741824",
			"SELECT arrayStringConcat(arraySort(groupArray(concat(name, ' ', arrayStringConcat(arrayConcat(host_names, host_ip), ' ')))), ', ') FROM system.users": "default localhost, playhead ::/0",
			"SELECT timezone()": "Europe/Berlin",
		} {
			got, err := w.clickhouse.At(i).Query(t.Context(), statement)
			if err != nil || got != want {
				t.Errorf("shard %d: %s: %s, %v; want %s", i+1, statement, got, err, want)
			}
		}
	}
}

// The user of the nodes can sign in, has the rights that nodes need on its database, and none elsewhere.
func TestClickHouseUser(t *testing.T) {
	w := storages(t)
	ask := func(user, password, statement string) (int, string) {
		t.Helper()
		values := url.Values{"query": {statement}, "user": {user}, "password": {password}}
		response, err := client.Post("http://"+w.clickhouse.At(0).HTTPAddr+"/?"+values.Encode(), "", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body := new(strings.Builder)
		if _, err := copyAll(body, response.Body); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, strings.TrimSpace(body.String())
	}
	password := w.env["PLAYHEAD_STORE_PASSWORD"]
	for _, test := range []struct {
		password, statement string
		ok                  bool
	}{
		{password, "SELECT 1", true},
		{password, "CREATE DATABASE IF NOT EXISTS playhead", true},
		{password, "SELECT count() FROM clusterAllReplicas('playhead', system.one)", true},
		{"wrong", "SELECT 1", false},
		{"", "SELECT 1", false},
		{password, "CREATE DATABASE other", false},
		{password, "CREATE USER other", false},
		{password, "SELECT * FROM file('/etc/passwd', LineAsString)", false},
		{password, "SELECT * FROM url('http://127.0.0.1:1/', LineAsString)", false},
	} {
		if status, said := ask("playhead", test.password, test.statement); (status == 200) != test.ok {
			t.Errorf("%s: %d %s", test.statement, status, said)
		}
	}
}
