#!/usr/bin/perl
# System tier: Java's commons-net at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Inftpd::System;
use Test::More;

# `make check-clients' compiles it.
my $classes = build_path('clients.d');
my @java = ('java', '-cp', "$classes:/usr/share/java/commons-net.jar");
my $trees = 'it has no call for whole trees';
my $client = { name => 'Java commons-net', packages =>
    ['default-jdk-headless', 'libcommons-net-java'],
    version => 'dpkg-query -W libcommons-net-java',
    wants => sub { -e "$classes/CommonsNet.class" },
    run => program_steps(@java, 'CommonsNet'),
    cannot => { get_tree => $trees, put_tree => $trees } };

jobs($client);
jobs($client, tls => 'explicit', reuse => 'NO');
many($client, reuse => 'NO');
refused_without_reuse($client, $_) for '1.2', '1.3';
# The way that programs use with servers that require it: the session is put
# into the store by hand, and TLS 1.2 has an extension that keeps Java from
# resuming it.
many({ %$client, title => undef, name => 'Java commons-net, resuming',
    run => program_steps('env', 'FTP_REUSE=1', @java,
        '--add-opens=java.base/sun.security.ssl=ALL-UNNAMED',
        '--add-opens=java.base/sun.security.util=ALL-UNNAMED',
        '-Djdk.tls.useExtendedMasterSecret=false', 'CommonsNet') });
hosts($client, sni => ['explicit', 'implicit'], host => 'behind');
done_testing;
