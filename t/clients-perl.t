#!/usr/bin/perl
# System tier: Perl's Net::FTP at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

my @program = ('perl', "$FindBin::Bin/clients/net_ftp.pl");
my $trees = 'it has no call for whole trees';
my $client = { name => 'Perl Net::FTP', packages => ['libio-socket-ssl-perl'],
    version => "@program --version", run => program_steps(@program),
    cannot => { get_tree => $trees, put_tree => $trees } };

jobs($client);
jobs({ %$client, cannot => { %{ $client->{cannot} },
    abort => 'it sends its Telnet bytes beside TLS, which breaks that' } },
    tls => 'explicit', reuse => 'NO');
many($client, reuse => 'NO');
refused_without_reuse($client, $_) for '1.2', '1.3';
many({ %$client, title => undef, name => 'Perl Net::FTP, resuming',
    run => program_steps('env', 'FTP_REUSE=1', @program) });
hosts($client, sni => ['explicit', 'implicit'], host => 'before');
done_testing;
