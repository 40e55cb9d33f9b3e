#!/usr/bin/perl
# System tier: Python's ftplib at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

my @program = ('python3', "$FindBin::Bin/clients/ftplib_client.py");
my $trees = 'it has no call for whole trees';
my $client = { name => 'Python ftplib', packages => ['python3'],
    version => "@program --version", run => program_steps(@program),
    cannot => { get_tree => $trees, put_tree => $trees } };

jobs($client);
jobs($client, tls => 'explicit', reuse => 'NO');
many($client, reuse => 'NO', kinds => ['explicit']);
refused_without_reuse($client, $_) for '1.2', '1.3';
# The subclass that programs bring along for servers that require it, and
# another for implicit TLS, which ftplib does not know.
many({ %$client, title => undef, name => 'Python ftplib, resuming',
    run => program_steps('env', 'FTP_REUSE=1', @program) });
hosts($client, sni => ['explicit', 'implicit'], host => 'before');
done_testing;
