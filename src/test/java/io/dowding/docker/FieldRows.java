package io.dowding.docker;

import java.util.List;

/** Every field of a service that is passed to an engine, and what the engine makes of it. */
public final class FieldRows {

  /** A field of a service; its place in an engine's answer; its value there. */
  public static final List<String> ROWS =
      List.of(
          "'command':'echo a b'                | Config.Cmd                | ['echo','a','b']",
          "'command':[],'entrypoint':['sh']    | Config.Cmd                | []",
          "'entrypoint':['sh','-c']            | Config.Entrypoint         | ['sh','-c']",
          "'environment':['A=1']               | Config.Env                | ['A=1']",
          "'labels':{'a':'b'}                  | Config.Labels.a           | 'b'",
          "'user':'1000:1000'                  | Config.User               | '1000:1000'",
          "'working_dir':'/www'                | Config.WorkingDir         | '/www'",
          "'hostname':'db'                     | Config.Hostname           | 'db'",
          "'domainname':'example.org'          | Config.Domainname         | 'example.org'",
          "'mac_address':'02:42:AC:11:65:43'   | Config.MacAddress         | '02:42:ac:11:65:43'",
          "'stop_signal':'SIGQUIT'             | Config.StopSignal         | 'SIGQUIT'",
          "'stop_grace_period':'1m'            | Config.StopTimeout        | 60",
          "'tty':true                          | Config.Tty                | true",
          "'stdin_open':true                   | Config.OpenStdin          | true",
          "'expose':['8080','53/udp']          | Config.ExposedPorts       |"
              + " {'53/udp':{},'8080/tcp':{}}",
          "'healthcheck':{'test':'true','interval':'5s','timeout':'2s','start_period':'1s','retries':2}"
              + " | Config.Healthcheck | {'Test':['CMD-SHELL','true'],'Interval':5000000000,"
              + "'Timeout':2000000000,'StartPeriod':1000000000,'Retries':2}",
          "'healthcheck':{'disable':true}      | Config.Healthcheck.Test   | ['NONE']",
          "'restart':'on-failure:3'            | HostConfig.RestartPolicy  |"
              + " {'Name':'on-failure','MaximumRetryCount':3}",
          "'volumes':[{'type':'tmpfs','target':'/t','tmpfs':{'size':'1m','mode':'1770'}}]"
              + " | HostConfig.Mounts | [{'Type':'tmpfs','Target':'/t',"
              + "'TmpfsOptions':{'SizeBytes':1048576,'Mode':1016}}]",
          "'volumes':['/tmp:/t:ro,rslave'] | HostConfig.Mounts | [{'Type':'bind','Source':'/tmp',"
              + "'Target':'/t','ReadOnly':true,'BindOptions':{'Propagation':'rslave'}}]",
          "'volumes':[{'type':'bind','source':'/tmp','target':'/t','bind':{'recursive':'disabled'}}]"
              + " | HostConfig.Mounts | [{'Type':'bind','Source':'/tmp','Target':'/t',"
              + "'BindOptions':{'NonRecursive':true}}]",
          "'volumes':['fields:/d:nocopy'] | HostConfig.Mounts |"
              + " [{'Type':'volume','Source':'fields',"
              + "'Target':'/d','VolumeOptions':{'NoCopy':true}}]",
          "'volumes':['ram:/d'],'x-dowding':{'volumes':{'ram':{'driver_opts':{'type':'tmpfs','device':'tmpfs'}}}}"
              + " | HostConfig.Mounts |"
              + " [{'Type':'volume','Source':'ram','Target':'/d','VolumeOptions':"
              + "{'DriverConfig':{'Name':'local','Options':{'device':'tmpfs','type':'tmpfs'}}}}]",
          "'deploy':{'restart_policy':{'condition':'on-failure','max_attempts':2}}"
              + " | HostConfig.RestartPolicy | {'Name':'on-failure','MaximumRetryCount':2}",
          "'deploy':{'restart_policy':{'max_attempts':3,'window':'9s'}}"
              + " | HostConfig.RestartPolicy | {'Name':'on-failure','MaximumRetryCount':3}",
          "'deploy':{'restart_policy':{'condition':'any','delay':'9s'}}"
              + " | HostConfig.RestartPolicy | {'Name':'no','MaximumRetryCount':0}",
          "'network_mode':'none'               | HostConfig.NetworkMode    | 'none'",
          "'ports':['127.0.0.1:7070:80/udp']   | HostConfig.PortBindings   |"
              + " {'80/udp':[{'HostIp':'127.0.0.1','HostPort':'7070'}]}",
          "'privileged':true                   | HostConfig.Privileged     | true",
          "'read_only':true                    | HostConfig.ReadonlyRootfs | true",
          "'init':true                         | HostConfig.Init           | true",
          "'cap_add':['net_admin']             | HostConfig.CapAdd         | ['NET_ADMIN']",
          "'cap_drop':['CAP_CHOWN']            | HostConfig.CapDrop        | ['CHOWN']",
          "'security_opt':['no-new-privileges'] | HostConfig.SecurityOpt   | ['no-new-privileges']",
          "'group_add':['audio',1001]          | HostConfig.GroupAdd       | ['audio','1001']",
          "'userns_mode':'host'                | HostConfig.UsernsMode     | 'host'",
          "'ipc':'shareable'                   | HostConfig.IpcMode        | 'shareable'",
          "'pid':'host'                        | HostConfig.PidMode        | 'host'",
          "'uts':'host'                        | HostConfig.UTSMode        | 'host'",
          "'cgroup':'host'                     | HostConfig.CgroupnsMode   | 'host'",
          "'cgroup_parent':'dowding-test'      | HostConfig.CgroupParent   | 'dowding-test'",
          "'runtime':'runc'                    | HostConfig.Runtime        | 'runc'",
          "'isolation':'default'               | HostConfig.Isolation      | 'default'",
          "'sysctls':['net.core.somaxconn=99'] | HostConfig.Sysctls        |"
              + " {'net.core.somaxconn':'99'}",
          "'logging':{'driver':'json-file','options':{'max-size':'1m'}} | HostConfig.LogConfig |"
              + " {'Type':'json-file','Config':{'max-size':'1m'}}",
          "'logging':{'driver':'local'} | HostConfig.LogConfig | {'Type':'local','Config':{}}",
          "'logging':{'driver':'none'} | HostConfig.LogConfig | {'Type':'none','Config':{}}",
          "'dns':'10.9.8.7'                    | HostConfig.Dns            | ['10.9.8.7']",
          "'dns_search':['a.org']              | HostConfig.DnsSearch      | ['a.org']",
          "'dns_opt':['ndots:2']               | HostConfig.DnsOptions     | ['ndots:2']",
          "'extra_hosts':{'db':'10.0.0.5'}     | HostConfig.ExtraHosts     | ['db:10.0.0.5']",
          "'tmpfs':['/run:size=1m','/x']       | HostConfig.Tmpfs          |"
              + " {'/run':'size=1m','/x':''}",
          "'devices':['/dev/null:/dev/nil:r']  | HostConfig.Devices        |"
              + " [{'PathOnHost':'/dev/null','PathInContainer':'/dev/nil','CgroupPermissions':'r'}]",
          "'device_cgroup_rules':['c 1:3 r']   | HostConfig.DeviceCgroupRules | ['c 1:3 r']",
          "'ulimits':{'nofile':{'soft':10,'hard':20},'nproc':9} | HostConfig.Ulimits |"
              + " [{'Name':'nofile','Soft':10,'Hard':20},{'Name':'nproc','Soft':9,'Hard':9}]",
          "'cpus':0.5                          | HostConfig.NanoCpus       | 500000000",
          "'mem_limit':'64m','memswap_limit':'128m' | HostConfig.MemorySwap | 134217728",
          "'mem_limit':'64m'                   | HostConfig.Memory         | 67108864",
          "'mem_reservation':'32m'             | HostConfig.MemoryReservation | 33554432",
          "'pids_limit':99                     | HostConfig.PidsLimit      | 99",
          "'cpu_shares':99                     | HostConfig.CpuShares      | 99",
          "'cpu_period':'50ms','cpu_quota':25000 | HostConfig.CpuQuota     | 25000",
          "'cpu_period':'50ms','cpu_quota':25000 | HostConfig.CpuPeriod    | 50000",
          "'cpuset':'0'                        | HostConfig.CpusetCpus     | '0'",
          "'shm_size':'8m'                     | HostConfig.ShmSize        | 8388608",
          "'oom_score_adj':-5                  | HostConfig.OomScoreAdj    | -5",
          "'blkio_config':{'device_read_bps':[{'path':'/dev/null','rate':'1m'}]} |"
              + " HostConfig.BlkioDeviceReadBps | [{'Path':'/dev/null','Rate':1048576}]",
          "'gpus':'all'                        | HostConfig.DeviceRequests.0.Capabilities |"
              + " [['gpu']]",
          "'volumes':['data:/data:ro']         | HostConfig.Mounts.0.ReadOnly | true");

  /** Fields that need features which the engines of the tests lack. */
  static final List<String> OF_OTHER_ENGINES =
      List.of(
          "'annotations':{'a':'b'}",
          "'volumes':[{'type':'bind','source':'/tmp','target':'/t','read_only':true,"
              + "'bind':{'recursive':'readonly'}}]",
          "'volumes':[{'type':'bind','source':'/tmp','target':'/t','read_only':true,"
              + "'bind':{'recursive':'writable'}}]",
          "'volumes':[{'type':'volume','source':'d','target':'/d','volume':{'subpath':'a'}}]",
          "'volumes':[{'type':'image','source':'demo:1','target':'/d','image':{'subpath':'a'}}]",
          "'healthcheck':{'test':'true','start_interval':'1s'}",
          "'platform':'linux/amd64'",
          "'cpu_rt_period':'1s','cpu_rt_runtime':1000",
          "'mem_swappiness':10",
          "'oom_kill_disable':true",
          "'storage_opt':{'size':'1g'}",
          "'blkio_config':{'weight':100,'weight_device':[{'path':'/dev/sda','weight':10}],"
              + "'device_read_iops':[{'path':'/dev/sda','rate':1}],"
              + "'device_write_bps':[{'path':'/dev/sda','rate':1}],"
              + "'device_write_iops':[{'path':'/dev/sda','rate':1}]}",
          "'networks':{'front':{'aliases':['w']},'back':{}}",
          "'volumes_from':['db:ro']",
          "'gpus':[{'driver':'nvidia','device_ids':['0'],'options':{'a':'b'}}]",
          "'container_name':'own'");

  private FieldRows() {}
}
