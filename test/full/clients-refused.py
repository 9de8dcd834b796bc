"""Tries what no customer may, as one, and prints what came of each attempt as a JSON object. Arguments: a topic of the customer's, and one that is not."""

import json
import os
import sys

from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

own, other = sys.argv[1:]
connection = {
    "bootstrap.servers": os.environ["KAFKA_BROKERS"],
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.username": os.environ["KAFKA_SASL_USERNAME"],
    "sasl.password": os.environ["KAFKA_SASL_PASSWORD"],
    "ssl.ca.location": os.environ["KAFKA_TLS_CA"],
}
seen = {}


def produce(name, topic):
    def delivered(error, _message):
        seen[name] = error.name() if error else "allowed"

    producer = Producer(connection)
    producer.produce(topic, b"forged", on_delivery=delivered)
    producer.flush(20)


def administer(name, work):
    try:
        # Kept until the answer is there: without it the request would be given up.
        admin = AdminClient(connection)
        futures = work(admin)
        for future in futures.values() if isinstance(futures, dict) else [futures]:
            future.result(20)
        seen[name] = "allowed"
    except KafkaException as fault:
        seen[name] = fault.args[0].name()


produce("writeOwn", own)
produce("writeOther", other)
administer("createTopic", lambda admin: admin.create_topics([NewTopic("of-my-own", 1, 1)]))
administer("deleteOwn", lambda admin: admin.delete_topics([own]))
right = AclBinding(
    ResourceType.TOPIC,
    other,
    ResourcePatternType.LITERAL,
    f"User:{connection['sasl.username']}",
    "*",
    AclOperation.READ,
    AclPermissionType.ALLOW,
)
administer("giveItselfRights", lambda admin: admin.create_acls([right]))
print(json.dumps(seen))
