// Package validate holds no code, only the tests of what is in deploy: without a container engine, but with the real programs
// wherever there are any. The Dockerfile's command builds the node, and the compose file and the chart start it, in a root directory that holds
// what the image holds, over a real ClickHouse and a real S3 server that read the files they would read, behind a real HAProxy.
//
// It is a module of its own, so that Helm and Compose do not become dependencies of the server.
package validate
