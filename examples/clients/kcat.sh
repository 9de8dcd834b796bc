#!/usr/bin/env bash
# kcat with librdkafka 2.6.1 or later (`kcat -V`): older ones are refused by Kafka 4, whatever the password (docs/clients.md has a way round it). Takes the connection from the environment:
# KAFKA_BROKERS, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD, and KAFKA_TLS_CA (a PEM file) where the brokers' authority is not one that OpenSSL trusts.
# The settings go through a pipe, so that no password shows in the process list.
#
#   ./kcat.sh -C -t market.enriched -o beginning -e      # to the end, without a group
#   ./kcat.sh -G alice-shell market.enriched             # as a group: its name begins with your user's and a hyphen
set -euo pipefail

settings() {
  cat <<END
bootstrap.servers=$KAFKA_BROKERS
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.username=$KAFKA_SASL_USERNAME
sasl.password=$KAFKA_SASL_PASSWORD
enable.ssl.certificate.verification=true
ssl.endpoint.identification.algorithm=https
isolation.level=read_committed
END
  if [ -n "${KAFKA_TLS_CA:-}" ]; then echo "ssl.ca.location=$KAFKA_TLS_CA"; fi
}

exec kcat -F <(settings) "$@"
