#include "config/keys.hpp"

#include <vector>

#include "base/nearest.hpp"

namespace router::config {
namespace {

using namespace section;
using enum KeyState;

// clang-format off
constexpr Key table[] = {
    Key{top, "model_list", works, "the models served; entries of one model_name form a group"},
    Key{top, "litellm_settings", works, "see its own table"},
    Key{top, "router_settings", works, "see its own table"},
    Key{top, "general_settings", works, "see its own table"},
    Key{top, "environment_variables", works, "stand above the process's environment, for this file's references and provider keys"},
    Key{top, "include", works, "a file or a list of files, relative to this one; lists are appended, other values replaced"},
    Key{top, "credential_list", works, "named sets of parameters for litellm_credential_name"},
    Key{top, "guardrails", later, ""},
    Key{top, "callback_settings", later, ""},
    Key{top, "mcp_servers", later, ""},
    Key{top, "search_tools", later, ""},
    Key{top, "vector_store_registry", later, ""},
    Key{top, "prompts", later, ""},
    Key{top, "files_settings", later, ""},
    Key{top, "finetune_settings", later, ""},
    Key{top, "assistant_settings", later, ""},
    Key{top, "default_vertex_config", later, ""},

    Key{model_list, "model_name", works, "the public name; * stands for any text"},
    Key{model_list, "litellm_params", works, "see its own table"},
    Key{model_list, "model_info", works, "kept and shown by the model list"},

    Key{litellm_params, "model", works, "provider/name; well-known names such as gpt-4o need no provider"},
    Key{litellm_params, "api_key", works, "else the provider's environment variable"},
    Key{litellm_params, "api_base", works, "with or without its version part"},
    Key{litellm_params, "base_url", works, "the same as api_base"},
    Key{litellm_params, "api_version", works, "of Azure; \"v1\", \"preview\" or none: the URLs without a deployment"},
    Key{litellm_params, "custom_llm_provider", works, "stands above the prefix of model"},
    Key{litellm_params, "organization", works, "a list makes a target of each"},
    Key{litellm_params, "timeout", works, "seconds, of the whole attempt"},
    Key{litellm_params, "stream_timeout", works, "seconds, until the first event of a stream"},
    Key{litellm_params, "extra_headers", works, "sent to the provider"},
    Key{litellm_params, "headers", works, "the same as extra_headers"},
    Key{litellm_params, "extra_body", works, "parameters that replace those of the request"},
    Key{litellm_params, "mock_response", works, "text answers without a provider; objects are not supported yet"},
    Key{litellm_params, "drop_params", works, "removes what the provider is known to refuse, n above 1 and media of a kind that the model does not take among it"},
    Key{litellm_params, "additional_drop_params", works, "names, and paths such as a.b or tools[*].function.strict"},
    Key{litellm_params, "litellm_credential_name", works, "fills parameters that the entry does not have"},
    Key{litellm_params, "*cost*", works, "prices; what a call costs is told with its usage, and logged"},
    Key{litellm_params, "rpm", works, "its part of the calls of its group, where it has no weight; not a limit yet"},
    Key{litellm_params, "tpm", works, "the same as rpm"},
    Key{litellm_params, "itpm", later, ""},
    Key{litellm_params, "otpm", later, ""},
    Key{litellm_params, "weight", works, "its part of the calls of its group"},
    Key{litellm_params, "order", works, "lower ones are asked first"},
    Key{litellm_params, "max_parallel_requests", works, "more calls wait for their turn, or go to another target"},
    Key{litellm_params, "num_retries", works, "in place of router_settings.num_retries"},
    Key{litellm_params, "max_retries", works, "the same as num_retries"},
    Key{litellm_params, "cooldown_time", works, "seconds, in place of router_settings.cooldown_time"},
    Key{litellm_params, "allowed_openai_params", works, "what drop_params would leave out is sent nevertheless"},
    Key{litellm_params, "tags", later, ""},
    Key{litellm_params, "tag_regex", later, ""},
    Key{litellm_params, "region_name", later, ""},
    Key{litellm_params, "max_budget", later, ""},
    Key{litellm_params, "budget_duration", later, ""},
    Key{litellm_params, "max_file_size_mb", later, ""},
    Key{litellm_params, "merge_reasoning_content_in_choices", works, "thoughts come as text between <think> and </think>"},
    Key{litellm_params, "use_in_pass_through", later, ""},
    Key{litellm_params, "use_litellm_proxy", later, "use the prefix litellm_proxy/"},
    Key{litellm_params, "use_chat_completions_api", later, ""},
    Key{litellm_params, "configurable_clientside_auth_params", later, ""},
    Key{litellm_params, "default_api_key_tpm_limit", later, ""},
    Key{litellm_params, "default_api_key_rpm_limit", later, ""},
    Key{litellm_params, "keepalive_seconds", later, "general_settings.heartbeat_interval does it for every model"},
    Key{litellm_params, "allow_client_keepalive_override", later, ""},
    Key{litellm_params, "base_model", later, ""},
    Key{litellm_params, "azure_ad_token", works, "sent to Azure instead of a key"},
    Key{litellm_params, "tenant_id", works, "with client_id and client_secret: a token of Microsoft Entra is asked for"},
    Key{litellm_params, "client_id", works, "see tenant_id"},
    Key{litellm_params, "client_secret", works, "see tenant_id"},
    Key{litellm_params, "vertex_project", works, "else the project of the credentials"},
    Key{litellm_params, "vertex_location", works, "us-central1 when left out; global, us and eu as well"},
    Key{litellm_params, "vertex_credentials", works, "a path, JSON, or a map; else GOOGLE_APPLICATION_CREDENTIALS, gcloud's own file, the metadata server"},
    Key{litellm_params, "vertex_ai_project", works, "the same as vertex_project"},
    Key{litellm_params, "vertex_ai_location", works, "the same as vertex_location"},
    Key{litellm_params, "vertex_ai_credentials", works, "the same as vertex_credentials"},
    Key{litellm_params, "aws_access_key_id", works, "else AWS_ACCESS_KEY_ID"},
    Key{litellm_params, "aws_secret_access_key", works, "else AWS_SECRET_ACCESS_KEY"},
    Key{litellm_params, "aws_session_token", works, "else AWS_SESSION_TOKEN"},
    Key{litellm_params, "aws_region_name", works, "else AWS_REGION_NAME, AWS_REGION, AWS_DEFAULT_REGION; us-east-1"},
    Key{litellm_params, "aws_role_name", later, ""},
    Key{litellm_params, "aws_session_name", later, ""},
    Key{litellm_params, "aws_profile_name", later, ""},
    Key{litellm_params, "aws_bedrock_runtime_endpoint", works, "the same as api_base"},
    Key{litellm_params, "aws_web_identity_token", later, ""},
    Key{litellm_params, "watsonx_region_name", later, ""},
    Key{litellm_params, "auto_router_*", later, ""},
    Key{litellm_params, "complexity_router_*", later, ""},
    Key{litellm_params, "adaptive_router_*", later, ""},
    Key{litellm_params, "quality_router_*", later, ""},
    Key{litellm_params, "rust", ignored, "chooses a part of LiteLLM"},

    Key{request_parameters, "temperature", works, ""},
    Key{request_parameters, "top_p", works, ""},
    Key{request_parameters, "top_k", works, ""},
    Key{request_parameters, "min_p", works, ""},
    Key{request_parameters, "n", works, ""},
    Key{request_parameters, "seed", works, ""},
    Key{request_parameters, "stop", works, ""},
    Key{request_parameters, "user", works, ""},
    Key{request_parameters, "max_tokens", works, ""},
    Key{request_parameters, "max_completion_tokens", works, ""},
    Key{request_parameters, "presence_penalty", works, ""},
    Key{request_parameters, "frequency_penalty", works, ""},
    Key{request_parameters, "repetition_penalty", works, ""},
    Key{request_parameters, "logit_bias", works, ""},
    Key{request_parameters, "logprobs", works, ""},
    Key{request_parameters, "top_logprobs", works, ""},
    Key{request_parameters, "tools", works, ""},
    Key{request_parameters, "tool_choice", works, ""},
    Key{request_parameters, "parallel_tool_calls", works, ""},
    Key{request_parameters, "response_format", works, ""},
    Key{request_parameters, "reasoning_effort", works, ""},
    Key{request_parameters, "reasoning", works, ""},
    Key{request_parameters, "thinking", works, ""},
    Key{request_parameters, "modalities", works, ""},
    Key{request_parameters, "metadata", works, ""},
    Key{request_parameters, "service_tier", works, ""},
    Key{request_parameters, "store", works, ""},
    Key{request_parameters, "verbosity", works, ""},
    Key{request_parameters, "web_search_options", works, ""},
    Key{request_parameters, "dimensions", works, ""},
    Key{request_parameters, "encoding_format", works, ""},
    Key{request_parameters, "input_type", works, ""},
    Key{request_parameters, "voice", works, ""},
    Key{request_parameters, "size", works, ""},
    Key{request_parameters, "quality", works, ""},

    Key{model_info, "id", works, "the target's id; else a hash of its parameters"},
    Key{model_info, "mode", works, "kept and shown; what is not for chat is left out of /v1/models"},
    Key{model_info, "*cost*", works, "prices; what a call costs is told with its usage, and logged"},
    Key{model_info, "max_tokens", works, "kept and shown; as max_output_tokens, where that is missing"},
    Key{model_info, "max_input_tokens", works, "kept and shown"},
    Key{model_info, "max_output_tokens", works, "kept and shown; the limit of what may be asked for"},
    Key{model_info, "base_model", works, "kept and shown"},
    Key{model_info, "supports_*", works, "kept and shown; requests are fitted to it, as to the fields of models.yml, which may stand here too"},
    Key{model_info, "hidden", works, "true: in no list of models; it still answers"},
    Key{model_info, "display_name", works, "how a list of models calls it"},
    Key{model_info, "description", works, "shown by Open WebUI"},
    Key{model_info, "tags", works, "shown by Open WebUI"},
    Key{model_info, "capabilities", works, "what Open WebUI offers with it: vision, usage, file_upload, ..."},
    Key{model_info, "access_groups", later, "kept and shown"},
    Key{model_info, "supported_environments", later, "kept and shown; the model is always loaded"},
    Key{model_info, "health_check_model", later, "kept and shown"},
    Key{model_info, "health_check_timeout", later, "kept and shown"},
    Key{model_info, "health_check_max_tokens", later, "kept and shown"},
    Key{model_info, "health_check_voice", later, "kept and shown"},
    Key{model_info, "disable_background_health_check", later, "kept and shown"},
    Key{model_info, "custom_tokenizer", later, "kept and shown"},
    Key{model_info, "team_id", later, "kept and shown"},
    Key{model_info, "team_public_model_name", later, "kept and shown"},
    Key{model_info, "tier", later, "kept and shown"},
    Key{model_info, "blocked", later, "kept and shown; the model is still served"},
    Key{model_info, "discoverable", later, "kept and shown"},
    Key{model_info, "access_windows", later, "kept and shown"},
    Key{model_info, "allow_fail_open", later, "kept and shown"},
    Key{model_info, "enable_tag_filtering", later, "kept and shown"},
    Key{model_info, "ptu_*", later, "kept and shown"},
    Key{model_info, "created_*", works, "kept and shown"},
    Key{model_info, "updated_*", works, "kept and shown"},
    Key{model_info, "db_model", works, "kept and shown"},

    Key{credential_list, "credential_name", works, ""},
    Key{credential_list, "credential_values", works, "parameters as in litellm_params"},
    Key{credential_list, "credential_info", ignored, "a note for people"},

    Key{router_settings, "model_group_alias", works, "alias: group, or alias: {model, hidden}"},
    Key{router_settings, "routing_strategy", works, "simple-shuffle, least-busy, latency-based-routing, cost-based-routing; without one, the first target that is well; the two by usage are taken for least-busy"},
    Key{router_settings, "routing_strategy_args", later, ""},
    Key{router_settings, "num_retries", works, "2 without it: so many more tries once every target and fall-back was asked, with a growing wait before each"},
    Key{router_settings, "retry_after", works, "seconds, the shortest wait before a retry"},
    Key{router_settings, "retry_policy", later, ""},
    Key{router_settings, "model_group_retry_policy", later, ""},
    Key{router_settings, "fallbacks", works, "models for a model, \"*\" for any; parameters of their own are not supported yet"},
    Key{router_settings, "default_fallbacks", works, "for any model that has none of its own"},
    Key{router_settings, "context_window_fallbacks", works, "where a conversation is too long for the model"},
    Key{router_settings, "content_policy_fallbacks", works, "where the provider objects to what is said"},
    Key{router_settings, "max_fallbacks", works, "5 without it: so many other models for a call"},
    Key{router_settings, "enable_mid_stream_fallback_continuation", later, ""},
    Key{router_settings, "enable_weighted_failover", later, ""},
    Key{router_settings, "timeout", works, "seconds, of an attempt, for entries without their own"},
    Key{router_settings, "stream_timeout", works, "seconds, until the first byte of a stream, for entries without their own"},
    Key{router_settings, "allowed_fails", works, "so many failures in a row set no target aside; 0 without it"},
    Key{router_settings, "allowed_fails_policy", later, ""},
    Key{router_settings, "cooldown_time", works, "seconds, 5 without it; a Retry-After may make it longer, a minute at most"},
    Key{router_settings, "disable_cooldowns", works, "true: a target that failed stays in its place"},
    Key{router_settings, "redis_host", later, ""},
    Key{router_settings, "redis_port", later, ""},
    Key{router_settings, "redis_password", later, ""},
    Key{router_settings, "redis_db", later, ""},
    Key{router_settings, "redis_url", later, ""},
    Key{router_settings, "enable_pre_call_checks", later, ""},
    Key{router_settings, "enable_pre_call_check", later, "another spelling of enable_pre_call_checks"},
    Key{router_settings, "default_litellm_params", later, ""},
    Key{router_settings, "default_max_parallel_requests", works, "for targets without their own"},
    Key{router_settings, "enable_tag_filtering", later, ""},
    Key{router_settings, "tag_filtering_match_any", later, ""},
    Key{router_settings, "provider_budget_config", later, ""},
    Key{router_settings, "optional_pre_call_checks", later, ""},
    Key{router_settings, "deployment_affinity_ttl_seconds", later, ""},
    Key{router_settings, "model_group_affinity_config", later, ""},
    Key{router_settings, "routing_groups", later, ""},
    Key{router_settings, "cache_responses", later, ""},
    Key{router_settings, "caching_groups", later, ""},
    Key{router_settings, "cache_kwargs", later, ""},
    Key{router_settings, "client_ttl", ignored, "connections are kept by the HTTP client itself"},
    Key{router_settings, "polling_interval", later, ""},
    Key{router_settings, "default_priority", later, ""},
    Key{router_settings, "debug_level", ignored, "general_settings.log_level sets it"},
    Key{router_settings, "set_verbose", ignored, "general_settings.log_level sets it"},
    Key{router_settings, "ignore_invalid_deployments", later, "a wrong entry is always an error"},
    Key{router_settings, "search_tools", later, ""},
    Key{router_settings, "guardrail_list", later, ""},
    Key{router_settings, "alerting_config", later, ""},
    Key{router_settings, "assistants_config", later, ""},
    Key{router_settings, "enable_health_check_routing", later, ""},
    Key{router_settings, "health_check_staleness_threshold", later, ""},
    Key{router_settings, "health_check_ignore_transient_errors", later, ""},

    Key{model_group_alias, "model", works, "the group that answers"},
    Key{model_group_alias, "hidden", works, "true: in no list of models"},

    Key{retry_policy, "*Retries", later, "for example RateLimitErrorRetries"},
    Key{allowed_fails_policy, "*AllowedFails", later, "for example TimeoutErrorAllowedFails"},

    Key{litellm_settings, "drop_params", works, "for every model"},
    Key{litellm_settings, "request_timeout", works, "seconds, of a whole call"},
    Key{litellm_settings, "json_logs", works, "the same as general_settings.log_format: json"},
    Key{litellm_settings, "model_group_alias", works, "as in router_settings, which stands above it"},
    Key{litellm_settings, "modify_params", works, "turns are put in where a provider wants them"},
    Key{litellm_settings, "num_retries", works, "as in router_settings, which stands above it"},
    Key{litellm_settings, "fallbacks", works, "as in router_settings, which stands above it"},
    Key{litellm_settings, "context_window_fallbacks", works, "as in router_settings, which stands above it"},
    Key{litellm_settings, "content_policy_fallbacks", works, "as in router_settings, which stands above it"},
    Key{litellm_settings, "default_fallbacks", works, "as in router_settings, which stands above it"},
    Key{litellm_settings, "allowed_fails", works, "as in router_settings, which stands above it"},
    Key{litellm_settings, "cooldown_time", works, "as in router_settings, which stands above it"},
    Key{litellm_settings, "cache", later, ""},
    Key{litellm_settings, "cache_params", later, ""},
    Key{litellm_settings, "callbacks", later, ""},
    Key{litellm_settings, "success_callback", later, ""},
    Key{litellm_settings, "failure_callback", later, ""},
    Key{litellm_settings, "service_callbacks", later, ""},
    Key{litellm_settings, "turn_off_message_logging", ignored, "requests and answers are never logged"},
    Key{litellm_settings, "redact_user_api_key_info", ignored, "keys are never logged"},
    Key{litellm_settings, "set_verbose", ignored, "general_settings.log_level sets it"},
    Key{litellm_settings, "max_budget", later, ""},
    Key{litellm_settings, "budget_duration", later, ""},
    Key{litellm_settings, "check_provider_endpoint", later, ""},
    Key{litellm_settings, "default_internal_user_params", later, ""},
    Key{litellm_settings, "default_team_params", later, ""},
    Key{litellm_settings, "default_team_settings", later, ""},
    Key{litellm_settings, "max_internal_user_budget", later, ""},
    Key{litellm_settings, "internal_user_budget_duration", later, ""},
    Key{litellm_settings, "default_key_generate_params", later, ""},
    Key{litellm_settings, "upperbound_key_generate_params", later, ""},
    Key{litellm_settings, "key_generation_settings", later, ""},
    Key{litellm_settings, "cost_discount_config", later, ""},
    Key{litellm_settings, "cost_margin_config", later, ""},
    Key{litellm_settings, "disable_end_user_cost_tracking", later, ""},
    Key{litellm_settings, "disable_end_user_cost_tracking_prometheus_only", later, ""},
    Key{litellm_settings, "enable_end_user_cost_tracking_prometheus_only", later, ""},
    Key{litellm_settings, "prometheus_*", later, ""},
    Key{litellm_settings, "custom_prometheus_metadata_labels", later, ""},
    Key{litellm_settings, "custom_prometheus_tags", later, ""},
    Key{litellm_settings, "require_auth_for_metrics_endpoint", later, ""},
    Key{litellm_settings, "route_all_chat_openai_to_responses", later, ""},
    Key{litellm_settings, "use_chat_completions_url_for_anthropic_messages", later, ""},
    Key{litellm_settings, "enable_json_schema_validation", later, ""},
    Key{litellm_settings, "force_ipv4", later, ""},
    Key{litellm_settings, "ssl_verify", later, "certificates are always verified"},
    Key{litellm_settings, "telemetry", ignored, "nothing is ever reported to anyone"},
    Key{litellm_settings, "extra_spend_tag_headers", later, ""},
    Key{litellm_settings, "mcp_aliases", later, ""},
    Key{litellm_settings, "custom_provider_map", later, "a Python class; providers.yml adds providers here"},
    Key{litellm_settings, "post_call_rules", later, "a Python function"},
    Key{litellm_settings, "network_mock", later, ""},
    Key{litellm_settings, "langfuse_default_tags", later, ""},
    Key{litellm_settings, "enable_redis_auth_cache", later, ""},
    Key{litellm_settings, "disable_hf_tokenizer_download", ignored, "no tokenizer is ever downloaded"},
    Key{litellm_settings, "skip_system_message_in_guardrail", later, ""},
    Key{litellm_settings, "public_model_groups", later, ""},

    Key{cache_params, "type", later, ""},
    Key{cache_params, "host", later, ""},
    Key{cache_params, "port", later, ""},
    Key{cache_params, "password", later, ""},
    Key{cache_params, "ssl", later, ""},
    Key{cache_params, "namespace", later, ""},
    Key{cache_params, "ttl", later, ""},
    Key{cache_params, "default_in_memory_ttl", later, ""},
    Key{cache_params, "default_in_redis_ttl", later, ""},
    Key{cache_params, "max_connections", later, ""},
    Key{cache_params, "supported_call_types", later, ""},
    Key{cache_params, "mode", later, ""},
    Key{cache_params, "similarity_threshold", later, ""},
    Key{cache_params, "redis_startup_nodes", later, ""},
    Key{cache_params, "service_name", later, ""},
    Key{cache_params, "sentinel_nodes", later, ""},
    Key{cache_params, "s3_*", later, ""},
    Key{cache_params, "gcs_*", later, ""},
    Key{cache_params, "qdrant_*", later, ""},
    Key{cache_params, "enable_caching_on_provider_specific_optional_params", later, ""},

    Key{guardrails, "guardrail_name", later, ""},
    Key{guardrails, "litellm_params", later, "guardrail, mode, default_on, api_key, api_base and the guardrail's own"},
    Key{guardrails, "guardrail_info", later, ""},

    Key{general_settings, "master_key", works, "else LITELLM_MASTER_KEY, else LLM_ROUTER_MASTER_KEY"},
    Key{general_settings, "always_include_stream_usage", works, ""},
    Key{general_settings, "max_request_size_mb", works, "64 when left out"},
    Key{general_settings, "database_url", later, ""},
    Key{general_settings, "database_connection_pool_limit", later, ""},
    Key{general_settings, "database_connection_timeout", later, ""},
    Key{general_settings, "database_connection_pool_timeout", later, ""},
    Key{general_settings, "allow_requests_on_db_unavailable", later, ""},
    Key{general_settings, "store_model_in_db", later, ""},
    Key{general_settings, "supported_db_objects", later, ""},
    Key{general_settings, "store_prompts_in_spend_logs", later, ""},
    Key{general_settings, "disable_spend_logs", later, ""},
    Key{general_settings, "disable_error_logs", later, ""},
    Key{general_settings, "disable_spend_updates", later, ""},
    Key{general_settings, "disable_reset_budget", later, ""},
    Key{general_settings, "maximum_spend_logs_retention_period", later, ""},
    Key{general_settings, "maximum_spend_logs_retention_interval", later, ""},
    Key{general_settings, "maximum_spend_logs_cleanup_cron", later, ""},
    Key{general_settings, "proxy_batch_write_at", later, ""},
    Key{general_settings, "proxy_budget_rescheduler_min_time", later, ""},
    Key{general_settings, "proxy_budget_rescheduler_max_time", later, ""},
    Key{general_settings, "user_api_key_cache_ttl", later, ""},
    Key{general_settings, "proxy_config_reload_interval_seconds", ignored, "a change of the file is seen at once"},
    Key{general_settings, "max_parallel_requests", later, ""},
    Key{general_settings, "global_max_parallel_requests", later, ""},
    Key{general_settings, "background_health_checks", later, ""},
    Key{general_settings, "health_check_interval", later, ""},
    Key{general_settings, "health_check_details", later, ""},
    Key{general_settings, "health_check_concurrency", later, ""},
    Key{general_settings, "use_shared_health_check", later, ""},
    Key{general_settings, "alerting", later, ""},
    Key{general_settings, "alerting_threshold", later, ""},
    Key{general_settings, "alert_types", later, ""},
    Key{general_settings, "alerting_args", later, ""},
    Key{general_settings, "alert_to_webhook_url", later, ""},
    Key{general_settings, "pass_through_endpoints", later, ""},
    Key{general_settings, "forward_client_headers_to_llm_api", later, ""},
    Key{general_settings, "forward_openai_org_id", later, ""},
    Key{general_settings, "forward_llm_provider_auth_headers", later, ""},
    Key{general_settings, "add_user_information_to_llm_headers", later, ""},
    Key{general_settings, "user_header_name", works, "a header that names the user"},
    Key{general_settings, "user_header_mappings", works, "headers that name the user; the roles make no difference"},
    Key{general_settings, "litellm_key_header_name", later, ""},
    Key{general_settings, "enforce_user_param", later, ""},
    Key{general_settings, "reject_clientside_metadata_tags", later, ""},
    Key{general_settings, "allow_client_side_credentials", later, ""},
    Key{general_settings, "infer_model_from_keys", later, ""},
    Key{general_settings, "completion_model", later, ""},
    Key{general_settings, "embedding_model", later, ""},
    Key{general_settings, "image_generation_model", later, ""},
    Key{general_settings, "moderation_model", later, ""},
    Key{general_settings, "custom_auth", later, "a Python function"},
    Key{general_settings, "custom_key_generate", later, "a Python function"},
    Key{general_settings, "custom_sso", later, "a Python function"},
    Key{general_settings, "enable_jwt_auth", later, ""},
    Key{general_settings, "litellm_jwtauth", later, ""},
    Key{general_settings, "enable_oauth2_auth", later, ""},
    Key{general_settings, "allowed_ips", later, ""},
    Key{general_settings, "public_routes", later, ""},
    Key{general_settings, "admin_only_routes", later, ""},
    Key{general_settings, "enforced_params", later, ""},
    Key{general_settings, "max_response_size_mb", later, ""},
    Key{general_settings, "use_x_forwarded_for", later, ""},
    Key{general_settings, "token_rate_limit_type", later, ""},
    Key{general_settings, "use_redis_transaction_buffer", later, ""},
    Key{general_settings, "ui_access_mode", later, ""},
    Key{general_settings, "key_management_system", later, ""},
    Key{general_settings, "key_management_settings", later, ""},
    Key{general_settings, "default_team_disabled", later, ""},
    Key{general_settings, "disable_master_key_return", ignored, "the master key is never returned"},
    Key{general_settings, "spend_report_frequency", later, ""},
    Key{general_settings, "disable_responses_id_security", later, ""},
    Key{general_settings, "service_account_settings", later, ""},
    Key{general_settings, "role_permissions", later, ""},
    Key{general_settings, "enforce_rbac", later, ""},
    Key{general_settings, "mcp_*", later, ""},

    Key{pass_through_endpoints, "path", later, ""},
    Key{pass_through_endpoints, "target", later, ""},
    Key{pass_through_endpoints, "headers", later, ""},
    Key{pass_through_endpoints, "forward_headers", later, ""},
    Key{pass_through_endpoints, "default_query_params", later, ""},
    Key{pass_through_endpoints, "auth", later, ""},
    Key{pass_through_endpoints, "include_subpath", later, ""},
    Key{pass_through_endpoints, "cost_per_request", later, ""},

    Key{ours, "host", works, "127.0.0.1; LLM_ROUTER_HOST stands above it"},
    Key{ours, "port", works, "8086; LLM_ROUTER_PORT stands above it"},
    Key{ours, "unix_socket", works, "a path to listen on as well"},
    Key{ours, "threads", works, "0: one for each core"},
    Key{ours, "ssl_certfile", works, "a PEM file; with ssl_keyfile the router speaks TLS"},
    Key{ours, "ssl_keyfile", works, "a PEM file"},
    Key{ours, "max_upload_size_mb", works, "2048: of a form; what is longer than 1 MB of it lies on disk, in TMPDIR"},
    Key{ours, "head_timeout", works, "15: seconds for a request's head to arrive"},
    Key{ours, "body_timeout", works, "60: seconds between two pieces of a request's body"},
    Key{ours, "keepalive_timeout", works, "75: seconds between two requests of a connection"},
    Key{ours, "write_timeout", works, "60: seconds until a client that takes nothing is given up"},
    Key{ours, "drain_timeout", works, "30: seconds that running calls may take after a stop"},
    Key{ours, "connect_timeout", works, "10: seconds to reach a provider"},
    Key{ours, "first_byte_timeout", works, "600: seconds until a provider's first byte"},
    Key{ours, "idle_timeout", works, "300: seconds between two bytes of an answer"},
    Key{ours, "heartbeat_interval", works, "10: seconds of silence until a streaming client gets a comment; 0: never"},
    Key{ours, "cors_allowed_origins", works, "origins of web pages that may call; \"*\" is every one"},
    Key{ours, "log_level", works, "debug, info, warning or error"},
    Key{ours, "log_format", works, "human or json"},
    Key{ours, "log_file", works, "standard error when left out"},
    Key{ours, "state_file", works, "state/router.db: keeps thoughts and stored responses; false: memory alone does"},
    Key{ours, "openwebui_user_headers", works, "true; false: X-OpenWebUI-User-Id and its kin are not believed"},
    Key{ours, "openwebui_jwt_secret", works, "else FORWARD_USER_INFO_HEADER_JWT_SECRET; only users that Open WebUI signs with it are believed"},
    Key{ours, "openwebui_jwt_required", works, "true: with a secret, a call without such a signature is refused"},
    Key{ours, "task_model", works, "answers what Open WebUI asks for titles, tags and the like, with little thinking"},
    Key{ours, "refresh_models", works, "0: never; how often providers are asked what their models can do, as 24h; limits, efforts and prices follow"},
    Key{ours, "list_models", works, "chat: /v1/models leaves out models that one cannot chat with; all"},
};
// clang-format on

const Key* find_in(std::initializer_list<std::string_view> sections, std::string_view name) {
    for (const auto section : sections) {
        if (const auto* key = find_key(section, name)) return key;
    }
    return nullptr;
}

}  // namespace

std::string_view to_string(KeyState state) {
    switch (state) {
        case works:
            return "works";
        case later:
            return "later";
        case ignored:
            return "ignored";
    }
    return "unknown";
}

std::span<const Key> keys() { return table; }

const Key* find_key(std::string_view section, std::string_view name) {
    const Key* by_pattern = nullptr;
    for (const auto& key : table) {
        if (key.section != section) continue;
        if (key.name == name) return &key;
        if (by_pattern == nullptr && key.name.contains('*') && matches(key.name, name))
            by_pattern = &key;
    }
    return by_pattern;
}

void check_keys(const Value& map, std::string_view name,
                std::initializer_list<std::string_view> sections, Report& report) {
    for (const auto& member : map.members) {
        if (const auto* key = find_in(sections, member.key)) {
            if (key->state == later) warn_later(*key, member.place, report);
            continue;
        }
        report.warning(member.place,
                       "nobody knows a key " + shown(member.key) + " in " + std::string(name) +
                           did_you_mean_key(member.key, sections) + "; it is ignored");
    }
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    constexpr std::size_t longest = 100;
    const auto found = word.size() > longest ? std::string_view() : nearest(word, candidates);
    return found.empty() ? std::string() : " (did you mean \"" + std::string(found) + "\"?)";
}

std::string did_you_mean_key(std::string_view word,
                             std::initializer_list<std::string_view> sections) {
    std::vector<std::string_view> names;
    for (const auto section : sections) {
        for (const auto& key : table) {
            if (key.section == section && !key.name.contains('*')) names.push_back(key.name);
        }
    }
    return did_you_mean(word, names);
}

void warn_later(const Key& key, const Place& place, Report& report) {
    std::string message = "\"" + std::string(key.name) + "\" is known, but has no effect yet";
    if (!key.note.empty()) message += " (" + std::string(key.note) + ")";
    report.warning(place, std::move(message));
}

bool matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;  // the last '*' met, and where its text began
    std::size_t from = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

}  // namespace router::config
