// Who the user is: an Entra ID token, or the API key that was entered in the task pane.
globalThis.getAuth = async function () {
  if (config.authProviders.includes("entraid")) {
    return { token: await xlwings.getAccessToken(), provider: "entraid" };
  }
  return { token: localStorage.getItem("lowcarbonKey") || "", provider: "custom" };
};
