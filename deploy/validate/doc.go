// Package validate contains only tests of the files in deploy: without a container engine, but with the real programs where possible. The
// Dockerfile's command builds the node. The compose file and the chart start it in a root directory with the contents of the image, with a real
// ClickHouse and a real S3 server that read their files from deploy, and behind a real HAProxy.
//
// It is a separate module, so that Helm and Compose do not become dependencies of the server.
package validate
