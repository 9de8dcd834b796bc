"""Prints the records of topics, a value a line.

    pip install -r requirements.txt
    python consume.py [--from-beginning] [--count N] TOPIC...

Takes the connection from the environment: KAFKA_BROKERS, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD, KAFKA_GROUP, and KAFKA_TLS_CA (a PEM file)
where the brokers' authority is not one that OpenSSL trusts. confluent-kafka is librdkafka: the same settings serve every client made of it.
"""

import argparse
import os
import sys

from confluent_kafka import Consumer, KafkaError


def settings():
    environment = os.environ
    result = {
        "bootstrap.servers": environment["KAFKA_BROKERS"],
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": environment["KAFKA_SASL_USERNAME"],
        "sasl.password": environment["KAFKA_SASL_PASSWORD"],
        # The brokers' certificates are verified, their names included.
        "enable.ssl.certificate.verification": True,
        "ssl.endpoint.identification.algorithm": "https",
        # What a transaction took back was never published.
        "isolation.level": "read_committed",
        # Begins with your user's name and a hyphen: you have no right to other groups.
        "group.id": environment["KAFKA_GROUP"],
    }
    if environment.get("KAFKA_TLS_CA"):
        result["ssl.ca.location"] = environment["KAFKA_TLS_CA"]
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--from-beginning", action="store_true", help="where the group has left nothing off")
    parser.add_argument("--count", type=int, help="stop after so many records")
    parser.add_argument("topics", nargs="+")
    arguments = parser.parse_args()

    # librdkafka goes on trying where a password or a certificate is refused; a reader should hear of it.
    refused = []

    def on_error(error):
        if error.code() in (KafkaError._AUTHENTICATION, KafkaError._SSL):
            refused.append(error)

    consumer = Consumer(
        {
            **settings(),
            "auto.offset.reset": "earliest" if arguments.from_beginning else "latest",
            # A record counts as done once it is printed: at least once.
            "enable.auto.offset.store": False,
            "error_cb": on_error,
        }
    )
    consumer.subscribe(arguments.topics)
    count = 0
    try:
        while arguments.count is None or count < arguments.count:
            message = consumer.poll(0.5)
            if refused:
                sys.exit(f"consume.py: {refused[0].str()}")
            if message is None:
                continue
            error = message.error()
            if error is None:
                sys.stdout.write(message.value().decode() + "\n")
                sys.stdout.flush()
                consumer.store_offsets(message)
                count += 1
            elif not error.retriable():
                sys.exit(f"consume.py: {error.str()} ({error.name()})")
    except KeyboardInterrupt:
        pass
    finally:
        consumer.close()


main()
