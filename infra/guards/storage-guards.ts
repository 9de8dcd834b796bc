import { at, eachOf, type Guard } from "./template.ts";

const stateful = [
  "AWS::MSK::Cluster",
  "AWS::MSK::Topic",
  "AWS::KMS::Key",
  "AWS::SecretsManager::Secret",
  "AWS::S3::Bucket",
  "AWS::EC2::Volume",
  "AWS::OpenSearchService::Domain",
];
const kept = ["Retain", "RetainExceptOnCreate", "Snapshot"];

/** What holds data is private, encrypted, and not lost by an update. */
export const storageGuards: readonly Guard[] = [
  eachOf(stateful, "lost-by-replacement", (_, { UpdateReplacePolicy }) =>
    kept.includes(UpdateReplacePolicy ?? "")
      ? null
      : "An update that replaces it must leave the old one (UpdateReplacePolicy).",
  ),
  eachOf(stateful, "silent-removal", (_, { DeletionPolicy }) =>
    DeletionPolicy === undefined ? "What becomes of it when the stack goes must be said (DeletionPolicy)." : null,
  ),
  eachOf(["AWS::S3::Bucket"], "public-bucket", ({ PublicAccessBlockConfiguration, AccessControl }) => {
    const blocks = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    const isBlocked = blocks.every((name) => at(PublicAccessBlockConfiguration, name) === true);
    return isBlocked && !/^Public/.test(String(AccessControl)) ? null : "A bucket must block every public access.";
  }),
  eachOf(["AWS::S3::Bucket"], "plain-bucket", ({ BucketEncryption }) =>
    BucketEncryption === undefined ? "A bucket must say how it is encrypted." : null,
  ),
  eachOf(["AWS::KMS::Key"], "key-rotation", ({ EnableKeyRotation }) =>
    EnableKeyRotation === true ? null : "A key must rotate.",
  ),
  eachOf(["AWS::Logs::LogGroup"], "endless-logs", ({ RetentionInDays }) =>
    RetentionInDays === undefined ? "Logs must be deleted at some age: else they cost more each month." : null,
  ),
];
