#!/bin/sh -e
# Installs the packages of all clients, in the versions that are pinned here, into a folder: install.sh FOLDER. Needs Python 3.11, Node 20, Go, a JDK 17 with Maven, and Cargo.
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && cd "$1"
for requirements in "$here"/requirements/*.txt; do
  env=$(basename "$requirements" .txt)
  [ -d "$env" ] || python3 -m venv "$env"
  "$env/bin/pip" install -q -r "$requirements"
done
mkdir -p js && cp "$here"/js/* js/
npm install --prefix js --no-audit --no-fund --legacy-peer-deps
(cd "$here/go" && go build -o "$OLDPWD/go/clients" .)
mkdir -p java && mvn -q -B -f "$here/java/pom.xml" dependency:copy-dependencies -DoutputDirectory="$PWD/java/lib"
javac -cp "java/lib/*" -d java/classes "$here/java/src/main/java/Clients.java"
mkdir -p rust && cargo build --locked --manifest-path "$here/rust/Cargo.toml" --target-dir rust/target
cp rust/target/debug/clients rust/clients
