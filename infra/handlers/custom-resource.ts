import type {
  CdkCustomResourceEvent,
  CdkCustomResourceIsCompleteEvent,
  CdkCustomResourceIsCompleteResponse,
  CdkCustomResourceResponse,
} from "aws-lambda";

/** A request of CloudFormation, as the provider framework of CDK hands it to `onEvent`. */
export type ResourceEvent = CdkCustomResourceEvent;
/** What `onEvent` answers; what it holds besides the known keys comes back to `isComplete`. */
export type ResourceResponse = CdkCustomResourceResponse;
/** The request together with the answer of `onEvent`, as `isComplete` gets it at each look. */
export type CompletionEvent = CdkCustomResourceIsCompleteEvent;
/** What `isComplete` answers. A fault that it throws ends the deployment, with the fault's message as the reason. */
export type Completion = CdkCustomResourceIsCompleteResponse;
