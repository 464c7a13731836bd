/** Branch of a run that batches conditional and unconditional samples in one tensor. */
export const JOINT_BRANCH = 'joint';
