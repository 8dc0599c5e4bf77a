/** What is used of the SDK. Named here one by one, the bundle carries these parts alone, and a first call does not wait for the rest. */
export {
  AISDKError,
  experimental_getVideoStatus as getVideoStatus,
  experimental_startVideo as startVideo,
  generateImage,
  NoImageGeneratedError,
  wrapImageModel,
} from "ai";
